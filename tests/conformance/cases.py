"""What every engine is asked: all queries of the library and all helpers, and how answers are compared."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from mgonto.kb import KnowledgeBase
from mgonto.names import BASE
from mgonto.query.library import Library
from mgonto.result.results import Results
from mgonto.sources.queryfile import Parameter

__all__ = [
    "HELPERS",
    "LIBRARY",
    "ON_FILES_ONLY",
    "QUERY_CASES",
    "given_for",
    "helper_names",
    "plain",
    "plain_row",
]

LIBRARY = Library()
#: What stands beside the example in a list of several.
_MORE: dict[tuple[str, str], tuple[object, ...]] = {
    ("term", "design"): ("clinical study",),
    ("term", "species"): ("Homo sapiens", "Mus musculus"),
    ("term", ""): ("magnesium", "hypertension"),
    ("section", ""): ("S03", "T2"),
    ("reference", ""): (13, 14),
}


def _more(parameter: Parameter) -> tuple[object, ...]:
    if not parameter.many or parameter.example is None:
        return ()
    return _MORE.get((parameter.type, parameter.name)) or _MORE.get((parameter.type, "")) or ()


#: Query and which of its parameters are there: with an example, such as must be, or lists of several.
QUERY_CASES = [
    (name, case)
    for name in LIBRARY
    for case in ("examples", "required alone", "several")
    if case == "examples"
    or (
        case == "required alone"
        and any(not each.required and each.example for each in LIBRARY[name].parameters)
    )
    or (case == "several" and any(_more(each) for each in LIBRARY[name].parameters))
]


def given_for(name: str, case: str) -> dict[str, object]:
    """The parameters of a query in a case."""
    given: dict[str, object] = {}
    for each in LIBRARY[name].parameters:
        if case == "several" and _more(each):
            given[each.name] = [each.example, *_more(each)]
        elif each.required or (case == "examples" and each.example is not None):
            given[each.name] = each.example
    return given


Helper = Callable[[KnowledgeBase], object]
MG, IR = "magnesium deficiency", "insulin resistance"
#: A call of each helper, or several; the name is that of the method, and a word of what is special.
HELPERS: dict[str, Helper] = {
    "terms": lambda kb: [kb.terms[each] for each in sorted(kb.terms)],
    "term": lambda kb: kb.term("CHEBI:18420"),
    "term, elsewhere": lambda kb: kb.term("MESH:D007333"),
    "search": lambda kb: kb.search("insulin", limit=20),
    "ancestors": lambda kb: kb.ancestors("hypertension"),
    "descendants": lambda kb: kb.descendants("insulin resistance"),
    "members": lambda kb: kb.members("PI3K/Akt/GLUT4 pathway"),
    "members, acts": lambda kb: kb.members("PI3K/Akt/GLUT4 pathway", acts="magnesium"),
    "statements": lambda kb: kb.statements(),
    "statements, about": lambda kb: kb.statements(about=["magnesium", IR]),
    "statements, roles": lambda kb: kb.statements(subject=MG, object=IR, sign=[1, 0], causal=True),
    "statements, wording": lambda kb: kb.statements(certainty="hypothesised", section=["S09", "T2"], limit=5),
    "statements, cited": lambda kb: kb.statements(reference=[13, 14], scope="own citation"),
    "statements, uncited": lambda kb: kb.statements(cited=False, claim_kind="author conclusion"),
    "statements, denied": lambda kb: kb.statements(stance="denied"),
    "statements, exact": lambda kb: kb.statements(about="magnesium", expand="exact", limit=10),
    "quantities": lambda kb: kb.quantities(),
    "quantities, about": lambda kb: kb.quantities(about="magnesium supplementation"),
    "explain": lambda kb: kb.explain(MG, IR),
    "explain, grouped": lambda kb: kb.explain(MG, IR, max_hops=3, k=5, group="mechanism"),
    "explain, nothing": lambda kb: kb.explain("magnesium", IR),
    "loops": lambda kb: kb.loops(IR),
    "shared": lambda kb: kb.shared("hyperglycemia", "hyperinsulinemia"),
    "compare": lambda kb: kb.compare("hyperglycemia", "hyperinsulinemia"),
    "to_networkx": lambda kb: edges_of(kb.to_networkx()),
    "support": lambda kb: kb.support(kb.explain(MG, IR)[0]),
    "support, sentence": lambda kb: kb.support("S09.P02.N05"),
    "without": lambda kb: removed(kb),
    "rank_references": lambda kb: kb.rank_references(),
    "cut_sets": lambda kb: kb.cut_sets(MG, IR, max_hops=3),
    "coverage": lambda kb: kb.coverage(),
    "select": lambda kb: kb.select(
        "SELECT ?n (COUNT(?s) AS ?c) { ?s <https://w3id.org/mgonto/stance> ?n } GROUP BY ?n ORDER BY ?n"
    ),
    "sentences": lambda kb: kb.sentences(),
    "sentences, section": lambda kb: kb.sentences(section="S09"),
    "references": lambda kb: kb.references(),
    "references, after": lambda kb: kb.references(after=2015),
    "tensions": lambda kb: kb.tensions(),
    "tensions, computed": lambda kb: kb.tensions(source="computed"),
    "gaps": lambda kb: kb.gaps(),
    "flags": lambda kb: kb.flags(),
    "flags, about": lambda kb: kb.flags(about="magnesium"),
    "absent": lambda kb: kb.absent(),
    "absent, about": lambda kb: kb.absent(about="HOMA-IR"),
    "repeats": lambda kb: kb.repeats(),
    "facets": lambda kb: [kb.facets(each) for each in ("claim kind", "certainty", "relation")],
    "run": lambda kb: kb.run("causes-of", term=IR, sign=-1),
    "ask": lambda kb: [
        kb.ask("ASK { ?s a $kind }", kind=ox.NamedNode(BASE + each)) for each in ("KnowledgeGap", "Nonsense")
    ],
    "construct": lambda kb: kb.construct(f"CONSTRUCT {{ ?a <{BASE}acts> ?b }} {{ ?a <{BASE}moreMore> ?b }}"),
    "counts": lambda kb: kb.counts(),
    "definition": lambda kb: [kb.definition(each) for each in (MG, "nitric oxide")],
    "no_claim": lambda kb: [kb.no_claim(each) for each in ("S01.P01.N01", "S09.P02.N05", "nowhere")],
    "sentence_index": lambda kb: kb.sentence_index(),
    "mappings": lambda kb: kb.mappings(),
    "mappings, exact": lambda kb: kb.mappings(IR, "exact", "MESH"),
}
#: What works on files and cannot be asked of a server, with the reason.
ON_FILES_ONLY = {
    "store": "gives the embedded engine's own store",
    "quads": "exports the store",
    "to_rdflib": "exports the store",
    "reason": "the reasoner reads files",
    "validate": "the shapes are held against files or the store",
    "queries": "the library itself, read from files",
}


def helper_names() -> set[str]:
    """The public methods and properties of a knowledge base."""
    members = inspect.getmembers_static(KnowledgeBase)
    return {name for name, _ in members if not name.startswith("_")}


def edges_of(graph: Any) -> list[tuple[str, str, str, str]]:
    """The edges of a networkx graph, in order."""
    return sorted(
        (str(one), str(two), str(key), repr(sorted(data.items(), key=str)))
        for one, two, key, data in graph.edges(keys=True, data=True)
    )


def removed(kb: KnowledgeBase) -> object:
    """What falls with a reference, less what needs the store."""
    gone = kb.without(references=[13])
    return [gone.references, gone.lost_propositions, gone.weakened, gone.unsupported_before, gone.standing()]


def plain(answer: object) -> object:
    """An answer in a form that all engines share: numbers by value, blank nodes by being there."""
    if answer is None or isinstance(answer, bool | str):
        return answer
    if isinstance(answer, int | float | Decimal):
        return float(answer)
    if isinstance(answer, ox.NamedNode | ox.BlankNode | ox.Literal):
        return plain_row((answer,))[0]
    if isinstance(answer, ox.Triple):
        return plain_row((answer.subject, answer.predicate, answer.object))
    if isinstance(answer, Results):
        beside = {
            name: plain(each) for name, each in vars(answer).items() if name[0] != "_" and name != "sparql"
        }
        return [answer.columns, beside, [plain(each) for each in answer]]
    if dataclasses.is_dataclass(answer):
        shown = {each.name: plain(getattr(answer, each.name)) for each in dataclasses.fields(answer)}
        return [type(answer).__name__, shown]
    if isinstance(answer, Mapping):
        return {str(name): plain(each) for name, each in answer.items()}
    if isinstance(answer, frozenset | set):
        return sorted(map(str, answer))
    assert isinstance(answer, Iterable), f"no way to compare a {type(answer).__name__}"
    return [plain(each) for each in answer]


_NUMBERS = frozenset(
    f"http://www.w3.org/2001/XMLSchema#{each}"
    for each in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger", "gYear")
)


def plain_row(row: Iterable[object]) -> tuple[object, ...]:
    """The cells of a row: numbers by value, literals with language and datatype."""
    return tuple(_plain_cell(each) for each in row)


def _plain_cell(cell: object) -> object:
    if not isinstance(cell, ox.Literal):
        return None if cell is None else "_:" if isinstance(cell, ox.BlankNode) else str(cell)
    kind = cell.datatype.value
    if kind in _NUMBERS:
        return float(cell.value)
    if kind.endswith("#boolean"):
        return cell.value in ("true", "1")
    return cell.value, cell.language or kind
