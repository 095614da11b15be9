"""Bytes that depend on the triples alone: sorted, and with blank nodes named after what they hold.

The order and the labels of blank nodes are decided here, so that the same sources give the same file on every
machine and a small change makes a small difference.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

import pyoxigraph as ox

from mgonto.graph.parts import LATE_MARK
from mgonto.graph.turtle import graph_block, prefix_lines, triple_lines
from mgonto.names import GRAPHS, PREFIXES, graph_iri

__all__ = ["label_blank_nodes", "merge", "write_trig", "write_turtle"]


def write_trig(core: Iterable[ox.Quad], late: Iterable[ox.Quad]) -> bytes:
    """A TriG document in two parts, with the mark between them; both parts are sorted."""
    parts = ("".join(_graph_blocks(label_blank_nodes(each))).encode() for each in (core, late))
    return prefix_lines().encode() + LATE_MARK.join(parts)


def write_turtle(quads: Iterable[ox.Quad]) -> bytes:
    """A Turtle document of the quads with their graphs merged into one."""
    triples = sorted(merge(label_blank_nodes(quads)), key=_triple_key)
    return f"{prefix_lines()}\n{''.join(triple_lines(triples))}".encode()


def merge(quads: Iterable[ox.Quad]) -> set[ox.Triple]:
    """The distinct triples of the quads."""
    return {quad.triple for quad in quads}


def label_blank_nodes(quads: Iterable[ox.Quad]) -> list[ox.Quad]:
    """The quads with every blank node named after its place and content.

    OWL and RDF lists make trees of blank nodes, each with one parent. A label hashes what the node holds and
    what points at it, so that two equal restrictions on two classes stay two nodes; equal ones on one class
    are counted. Where somebody's data hold blank nodes in rings, or shared, the labels are those of RDFC-1.0.
    """
    quads = list(quads)
    content: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    parents: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.subject, ox.BlankNode):
            content[quad.subject].append(quad)
        if isinstance(quad.object, ox.BlankNode):
            parents[quad.object].append(quad)
    order = _top_down(content.keys() | parents.keys(), content, parents)
    if order is None:
        dataset = ox.Dataset(quads)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        return list(dataset)
    inner: dict[ox.BlankNode, str] = {}
    for node in reversed(order):
        lines = (
            f"{quad.predicate} {inner[quad.object] if isinstance(quad.object, ox.BlankNode) else quad.object}"
            for quad in content[node]
        )
        inner[node] = _digest("\n".join(sorted(lines)))
    labels: dict[ox.BlankNode, ox.BlankNode] = {}
    count: Counter[str] = Counter()
    for node in order:
        above = ""
        for parent in parents[node]:
            subject = parent.subject
            above = f"{labels[subject] if isinstance(subject, ox.BlankNode) else subject} {parent.predicate} "
        name = _digest(above + inner[node])
        count[name] += 1
        labels[node] = ox.BlankNode(
            "b" + (_digest(f"{name} {count[name]}") if count[name] > 1 else name)[:16]
        )
    return [
        ox.Quad(
            labels[quad.subject] if isinstance(quad.subject, ox.BlankNode) else quad.subject,
            quad.predicate,
            labels[quad.object] if isinstance(quad.object, ox.BlankNode) else quad.object,
            quad.graph_name,
        )
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)
        else quad
        for quad in quads
    ]


def _top_down(
    nodes: Iterable[ox.BlankNode],
    content: Mapping[ox.BlankNode, Sequence[ox.Quad]],
    parents: Mapping[ox.BlankNode, Sequence[ox.Quad]],
) -> list[ox.BlankNode] | None:
    """The blank nodes, each after its parent, without recursion; None where they are no trees."""
    nodes = list(nodes)
    if any(len(parents.get(node, ())) > 1 for node in nodes):
        return None
    pending = [
        node
        for node in nodes
        if not any(isinstance(quad.subject, ox.BlankNode) for quad in parents.get(node, ()))
    ]
    order: list[ox.BlankNode] = []
    while pending:
        node = pending.pop()
        order.append(node)
        pending += [quad.object for quad in content.get(node, ()) if isinstance(quad.object, ox.BlankNode)]
    return order if len(order) == len(nodes) else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _ordered(quads: Sequence[ox.Quad]) -> list[ox.Quad]:
    return sorted(set(quads), key=lambda quad: (_graph_rank(quad.graph_name), *_triple_key(quad.triple)))


def _graph_rank(graph: object) -> tuple[int, str]:
    name = str(graph).strip("<>").removeprefix(graph_iri(""))
    first = name.split("/", 1)[0]
    # Evidence first: it is what people open the file for, and what the first answer reads.
    rank = {"evidence": -1} | {each: at for at, each in enumerate(GRAPHS) if each != "evidence"}
    return rank.get(first, len(GRAPHS)), name


_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")


def _triple_key(triple: ox.Triple) -> tuple[str, bool, str, str]:
    return str(triple.subject), triple.predicate != _TYPE, str(triple.predicate), str(triple.object)


def _graph_blocks(quads: Sequence[ox.Quad]) -> Iterator[str]:
    for graph, members in groupby(_ordered(quads), key=lambda quad: quad.graph_name):
        assert isinstance(graph, ox.NamedNode)
        yield graph_block(graph.value, (quad.triple for quad in members))
