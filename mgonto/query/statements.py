"""Rows of the statement queries to `Statement` records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from mgonto.engine.embedded import Cell, Row
from mgonto.names import BASE, local_name
from mgonto.query.lexical import Terms
from mgonto.result.records import Context, Statement

__all__ = ["statements_from"]


def statements_from(
    columns: Sequence[str], rows: Iterable[Row], details: Iterable[Row], terms: Terms
) -> tuple[Statement, ...]:
    """The records of `queries/statements.rq` joined with those of `queries/statement-details.rq`."""
    several: dict[str, dict[str, list[tuple[str, str | None]]]] = defaultdict(lambda: defaultdict(list))
    for statement, prop, value, scope in details:
        assert statement is not None and prop is not None and value is not None
        several[statement.value][prop.value].append((value.value, scope.value if scope else None))
    return tuple(_statement(dict(zip(columns, row, strict=True)), several, terms) for row in rows)


def _statement(
    row: Mapping[str, Cell], several: Mapping[str, Mapping[str, list[tuple[str, str | None]]]], terms: Terms
) -> Statement:
    def maybe(name: str) -> str | None:
        cell = row[name]
        return cell.value if cell is not None else None

    def text(name: str) -> str:
        return maybe(name) or ""

    found = several.get(text("statement"), {})
    cited = sorted(found.get(BASE + "cites", ()), key=lambda pair: _number(pair[0]))
    context = tuple(
        Context(local_name(prop), value, terms.label(value) if value in terms else local_name(value))
        for prop, pairs in found.items()
        if prop not in _NOT_CONTEXT
        for value, _ in pairs
    )
    return Statement(
        statement=text("statement"),
        sentence=text("sentence"),
        section=text("section"),
        heading=text("heading"),
        gloss=text("gloss"),
        proposition=text("proposition"),
        subject=text("subject"),
        subject_label=terms.label(text("subject")),
        subject_direction=maybe("subject_direction"),
        subject_aspect=maybe("subject_aspect"),
        relation=text("relation"),
        relation_label=text("relation_label"),
        object=text("object"),
        object_label=terms.label(text("object")),
        object_direction=maybe("object_direction"),
        object_aspect=maybe("object_aspect"),
        sign=int(text("sign")),
        causal=text("causal") == "true",
        stance=text("stance"),
        certainty=maybe("certainty"),
        hedges=tuple(value for value, _ in found.get(BASE + "hedge", ())),
        claim_kind=text("claim_kind"),
        null_kind=maybe("null_kind"),
        references=tuple(dict.fromkeys(value for value, _ in cited)),
        scope=next((scope for _, scope in cited), None),
        designs=tuple(dict.fromkeys(value for value, _ in found.get(BASE + "studyDesign", ()))),
        context=context,
        edges=tuple(sorted(local_name(value) for value, _ in found.get(BASE + "yieldsEdge", ()))),
    )


_NOT_CONTEXT = frozenset(BASE + name for name in ("cites", "hedge", "studyDesign", "yieldsEdge"))


def _number(reference: str) -> tuple[int, str]:
    last = local_name(reference)
    return (int(last), reference) if last.isdigit() else (0, reference)
