"""Rows of the statement queries to `Statement` records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from mgonto.engine.embedded import Cell, Row
from mgonto.names import BASE, local_name
from mgonto.query.lexical import Terms
from mgonto.result.records import Context, Quantity, Statement

__all__ = ["quantities_from", "statements_from"]


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
        Context(
            local_name(prop), value, _label(value, local_name(scope or "") if "Joint" in prop else "", terms)
        )
        for prop, pairs in found.items()
        if prop not in _NOT_CONTEXT
        for value, scope in pairs
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


def _label(value: str, direction: str, terms: Terms) -> str:
    """The name of a term, the word of a list or the text itself; a member of a group with its direction."""
    if value in terms:
        return f"{direction.lower()} {terms.label(value)}".strip()
    return terms.word(value)


_NOT_CONTEXT = frozenset(BASE + name for name in ("cites", "hedge", "studyDesign", "yieldsEdge"))


def _number(reference: str) -> tuple[int, str]:
    last = local_name(reference)
    return (int(last), reference) if last.isdigit() else (0, reference)


def quantities_from(
    columns: Sequence[str], rows: Iterable[Row], details: Iterable[Row], terms: Terms
) -> tuple[Quantity, ...]:
    """The records of `queries/quantities.rq` joined with those of `queries/quantity-details.rq`."""
    several: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for quantity, prop, value in details:
        assert quantity is not None and prop is not None and value is not None
        several[quantity.value][local_name(prop.value)].append(value.value)
    records = []
    for row in rows:
        cells = dict(zip(columns, (each.value if each is not None else None for each in row), strict=True))
        found = several.get(cells["quantity"] or "", {})
        records.append(
            Quantity(
                statement=cells["statement"] or "",
                sentence=cells["sentence"] or "",
                role=cells["role"] or "",
                value=_decimal(cells["value"]),
                low=_decimal(cells["low"]),
                high=_decimal(cells["high"]),
                as_reported=cells["as_reported"],
                unit=cells["unit"],
                statistic=cells["statistic"],
                change=cells["change"],
                qualifiers=tuple(found.get("qualifier", ())),
                status=cells["status"],
                in_words=cells["in_words"],
                time_point=cells["time_point"],
                arm=cells["arm"],
                participants=int(cells["participants"]) if cells["participants"] else None,
                subgroups=tuple(terms.label(each) for each in found.get("subgroup", ())),
                comparators=tuple(terms.label(each) for each in found.get("comparator", ())),
                comparator_basis=cells["basis"],
                of=next((terms.label(each) for each in found.get("ofAttribute", ())), None),
            )
        )
    return tuple(records)


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
