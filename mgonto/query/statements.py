"""Rows of the statement queries to `Statement` records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from mgonto.engine.embedded import Row
from mgonto.names import BASE, local_name
from mgonto.query.lexical import Terms
from mgonto.result.records import Context, Quantity, Statement

__all__ = ["quantities_from", "statements_from"]


def statements_from(
    columns: Sequence[str], rows: Iterable[Row], details: Iterable[Row], terms: Terms
) -> tuple[Statement, ...]:
    """The records of `queries/statements.rq` joined with those of `queries/statement-details.rq`."""
    several: dict[str, dict[str, list[tuple[str, str | None]]]] = {}
    for statement, prop, value, scope in details:
        assert statement is not None and prop is not None and value is not None
        found = several.setdefault(statement.value, {})
        found.setdefault(prop.value, []).append((value.value, scope.value if scope is not None else None))
    wanted = [columns.index(name) for name in _COLUMNS]
    records = []
    for row in rows:
        cells = [cell.value if (cell := row[at]) is not None else None for at in wanted]
        records.append(_statement(cells, several.get(cells[0] or "", {}), terms))
    return tuple(records)


#: The columns of `queries/statements.rq` in the order in which `_statement` takes them.
_COLUMNS = (
    "statement",
    "sentence",
    "section",
    "heading",
    "gloss",
    "proposition",
    "subject",
    "subject_direction",
    "subject_aspect",
    "relation",
    "relation_label",
    "object",
    "object_direction",
    "object_aspect",
    "sign",
    "causal",
    "stance",
    "certainty",
    "claim_kind",
    "null_kind",
)


def _statement(
    cells: Sequence[str | None], found: Mapping[str, list[tuple[str, str | None]]], terms: Terms
) -> Statement:
    """One record. It is written for speed: the first answer makes one of every statement there is."""
    statement, sentence, section, heading, gloss, proposition = cells[:6]
    subject, subject_direction, subject_aspect, relation, relation_label = cells[6:11]
    obj, object_direction, object_aspect, sign, causal = cells[11:16]
    stance, certainty, claim_kind, null_kind = cells[16:]
    cited = found.get(BASE + "cites", [])
    if len(cited) > 1:
        cited = sorted(cited, key=lambda pair: _number(pair[0]))
    context = tuple(
        Context(
            local_name(prop), value, _label(value, local_name(scope or "") if "Joint" in prop else "", terms)
        )
        for prop, pairs in found.items()
        if prop not in _NOT_CONTEXT
        for value, scope in pairs
    )
    return Statement(
        statement=statement or "",
        sentence=sentence or "",
        section=section or "",
        heading=heading or "",
        gloss=gloss or "",
        proposition=proposition or "",
        subject=subject or "",
        subject_label=terms.label(subject or ""),
        subject_direction=subject_direction,
        subject_aspect=subject_aspect,
        relation=relation or "",
        relation_label=relation_label or "",
        object=obj or "",
        object_label=terms.label(obj or ""),
        object_direction=object_direction,
        object_aspect=object_aspect,
        sign=int(sign or 0),
        causal=causal == "true",
        stance=stance or "",
        certainty=certainty,
        hedges=tuple(value for value, _ in found.get(BASE + "hedge", ())),
        claim_kind=claim_kind or "",
        null_kind=null_kind,
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
    return local_name(value) if value.startswith(BASE + "statement/") else terms.word(value)


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
