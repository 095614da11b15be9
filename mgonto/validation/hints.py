"""What a writer may have meant: the property, the word of a list or the term that is spelt most alike."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache

import pyoxigraph as ox

from mgonto.compiler.terms import TermTable
from mgonto.errors import AmbiguousTerm, UnknownTerm
from mgonto.names import PREFIXES, local_name, shrink
from mgonto.validation.engines import Finding
from mgonto.validation.shapes import ShapeSet

__all__ = ["meant"]

_SH, _RDF = PREFIXES["sh"], PREFIXES["rdf"]
_ALIKE = 0.75


def meant(each: Finding, value: object, shapes: ShapeSet, table: Callable[[], TermTable]) -> str:
    """A sentence that says what may have been meant, with a space before it; empty where nothing is alike.

    Args:
        each: the finding.
        value: its value as a node.
        shapes: the shapes, for the properties and lists that they allow.
        table: gives the bundled terms; asked only where a term is unknown.
    """
    if each.component == "Closed":
        return _did_you_mean(local_name(each.path or ""), _allowed(shapes.triples, each.shape))
    text = value.value if isinstance(value, (ox.NamedNode, ox.Literal)) else ""
    if not text:
        return ""
    if each.component == "In":
        return _did_you_mean(local_name(text), _listed(shapes.triples, each.shape))
    if each.component in ("Class", "NodeKind"):
        return _term(text, table)
    return ""


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    """The IRI or word of `known` whose own name is most like `word`, case aside."""
    plain = {_plain(local_name(each)): each for each in known}
    ended = [name for name in plain if len(_plain(word)) > 3 and name.startswith(_plain(word))]
    near = difflib.get_close_matches(_plain(word), list(plain), n=1, cutoff=_ALIKE) or ended[:1]
    return f" Did you mean {shrink(plain[near[0]])}?" if near else ""


def _plain(word: str) -> str:
    return word.replace("_", "").replace(" ", "").replace("-", "").casefold()


def _term(text: str, table: Callable[[], TermTable]) -> str:
    """The bundled term that a name, a CURIE or an IRI in another form stands for."""
    name = local_name(text.rstrip("/")) if ":" in text else text
    terms = table()
    for each in (text, name, name.replace("_", ":", 1), name.upper().replace("_", ":", 1)):
        try:
            iri = terms.lexicon.resolve(each)
        except (UnknownTerm, AmbiguousTerm):
            continue
        return f" Did you mean {shrink(iri)}, {terms.terms[iri].row.name}?" if iri != text else ""
    return ""


@cache
def _about(triples: tuple[ox.Triple, ...]) -> dict[object, dict[str, list[object]]]:
    found: dict[object, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    for each in triples:
        found[each.subject][each.predicate.value].append(each.object)
    return found


def _allowed(triples: tuple[ox.Triple, ...], shape: str) -> list[str]:
    """The properties that a closed shape takes."""
    about = _about(triples)
    paths = [
        path for inner in about[ox.NamedNode(shape)][_SH + "property"] for path in about[inner][_SH + "path"]
    ]
    return [path.value for path in paths if isinstance(path, ox.NamedNode)]


def _listed(triples: tuple[ox.Triple, ...], shape: str) -> list[str]:
    """The values of the closed list of a shape."""
    about, found = _about(triples), []
    for cell in about[ox.NamedNode(shape)][_SH + "in"]:
        while _RDF + "first" in about[cell]:
            value = about[cell][_RDF + "first"][0]
            if isinstance(value, (ox.NamedNode, ox.Literal)):
                found.append(value.value)
            cell = about[cell][_RDF + "rest"][0]
    return found
