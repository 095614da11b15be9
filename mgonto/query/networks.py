"""The claims as a networkx graph, for those who have tools that work on one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mgonto.errors import MgontoError, UsageError
from mgonto.names import local_name
from mgonto.query.lexical import Terms
from mgonto.query.steps import StepGraph
from mgonto.result.records import Statement, Term

if TYPE_CHECKING:
    import networkx

__all__ = ["to_network"]

_SIGNS = {"moreMore": 1, "lessLess": 1, "moreLess": -1, "lessMore": -1, "associatedWith": 0}


def to_network(statements: Iterable[Statement], terms: Terms, kind: str) -> networkx.MultiDiGraph:
    """A directed multigraph whose nodes are the IRIs of terms.

    Args:
        statements: the statements.
        terms: the terms; every term that an edge touches is a node with its name and kind.
        kind: "edges" or "statements".

    Raises:
        UsageError: another kind. MgontoError: networkx is not installed.
    """
    if kind not in ("edges", "statements"):
        raise UsageError(f'no graph of kind "{kind}"', 'write "edges" or "statements"')
    try:
        import networkx
    except ImportError as error:
        raise MgontoError("networkx is not installed", "pip install 'mgonto[graph]'") from error
    graph = networkx.MultiDiGraph()
    if kind == "statements":
        for each in statements:
            graph.add_edge(each.subject, each.object, key=each.statement, **_facts(each))
    else:
        _add_edges(graph, list(statements), terms)
    for iri in graph.nodes:
        term: Term | None = terms.get(iri)
        graph.nodes[iri].update(name=terms.label(iri), kind=term.kind if term else "")
    return graph


def _facts(each: Statement) -> dict[str, Any]:
    return {
        "relation": local_name(each.relation),
        "sign": each.sign,
        "causal": each.causal,
        "stance": local_name(each.stance),
        "certainty": local_name(each.certainty) if each.certainty else "",
        "subject_direction": local_name(each.subject_direction or ""),
        "subject_aspect": local_name(each.subject_aspect or ""),
        "object_direction": local_name(each.object_direction or ""),
        "object_aspect": local_name(each.object_aspect or ""),
        "sentence": each.locator,
        "references": ",".join(local_name(one) for one in each.references),
        "gloss": each.gloss,
    }


def _add_edges(graph: networkx.MultiDiGraph, statements: list[Statement], terms: Terms) -> None:
    """The plain edges, one a pair and name, each with its statements; and the declared links of terms."""
    gathered: dict[tuple[str, str, str], list[Statement]] = {}
    for each in statements:
        for name in each.edges:
            gathered.setdefault((each.subject, each.object, name), []).append(each)
    for (subject, obj, name), found in gathered.items():
        affirmed = [each for each in found if each.stance.endswith("/Affirmed")]
        graph.add_edge(
            subject,
            obj,
            key=name,
            sign=_SIGNS[name.removesuffix("Maybe")],
            hypothesised=name.endswith("Maybe"),
            declared=False,
            statements=",".join(local_name(each.statement) for each in affirmed),
            references=",".join(
                dict.fromkeys(local_name(one) for each in affirmed for one in each.references)
            ),
        )
    for step in StepGraph((), terms).steps():
        (start, _), change = step.start
        (end, _), result = step.end
        name = f"{change}{(result or '').capitalize()}"
        if not graph.has_edge(start, end, name):
            graph.add_edge(
                start,
                end,
                key=name,
                sign=_SIGNS[name],
                hypothesised=False,
                declared=True,
                statements="",
                references="",
            )
