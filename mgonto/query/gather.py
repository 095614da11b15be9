"""Rows of the audit and evidence queries to records: the rows of one thing become one record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from mgonto.engine.embedded import Row
from mgonto.names import BASE
from mgonto.query.lexical import Terms
from mgonto.result.audit import Absence, Facet, Flag, Reference, Repeat, Sentence, Tension

__all__ = ["absences", "facets", "flags", "references", "repeats", "sentences", "tensions"]

T = TypeVar("T")
_Cells = Mapping[str, str | None]


def sentences(columns: Sequence[str], rows: Iterable[Row]) -> tuple[Sentence, ...]:
    """The records of `queries/sentences.rq`."""

    def one(iri: str, group: list[_Cells]) -> Sentence:
        first = group[0]
        own = BASE + "OwnCitation"
        return Sentence(
            sentence=iri,
            locator=first["locator"] or "",
            section=first["section"] or "",
            heading=first["heading"] or "",
            cites=_numbers(each["number"] for each in group if each["scope"] == own),
            inherits=_numbers(each["number"] for each in group if each["scope"] != own),
            scope=next((each["scope"] for each in group if each["scope"] not in (None, own)), None),
            statements=int(first["statements"] or 0),
            no_claim=first["no_claim"],
        )

    return _grouped(columns, rows, "sentence", one)


def references(columns: Sequence[str], rows: Iterable[Row], terms: Terms) -> tuple[Reference, ...]:
    """The records of `queries/references.rq`."""

    def one(iri: str, group: list[_Cells]) -> Reference:
        first = group[0]
        return Reference(
            reference=iri,
            number=int(first["number"] or 0),
            author=first["author"],
            year=int(first["year"]) if first["year"] else None,
            title=first["title"],
            kind=first["kind"],
            species=tuple(terms.label(each["species"]) for each in group if each["species"]),
            doi=first["doi"],
            pmid=first["pmid"],
            statements=int(first["statements"] or 0),
        )

    return _grouped(columns, rows, "reference", one)


def tensions(columns: Sequence[str], rows: Iterable[Row]) -> tuple[Tension, ...]:
    """The curated tensions: the records of `queries/tensions.rq`."""

    def one(iri: str, group: list[_Cells]) -> Tension:
        first = group[0]
        members = tuple(each["statement"] or "" for each in group)
        return Tension(iri, first["kind"] or "", first["reading"], members, "curated")

    return _grouped(columns, rows, "tension", one)


def flags(columns: Sequence[str], rows: Iterable[Row]) -> tuple[Flag, ...]:
    """The records of `queries/flags.rq`."""

    def one(iri: str, group: list[_Cells]) -> Flag:
        first = group[0]
        about = tuple(dict.fromkeys(each["about"] or "" for each in group))
        return Flag(
            iri,
            first["kind"] or "",
            first["severity"],
            first["basis"],
            about,
            first["note"],
            first["corrected"],
        )

    return _grouped(columns, rows, "flag", one)


def absences(columns: Sequence[str], rows: Iterable[Row]) -> tuple[Absence, ...]:
    """The records of `queries/absent.rq`."""

    def one(iri: str, group: list[_Cells]) -> Absence:
        topics = tuple(each["topic"] or "" for each in group)
        return Absence(iri, topics, tuple(each["name"] or "" for each in group), group[0]["note"])

    return _grouped(columns, rows, "absence", one)


def repeats(columns: Sequence[str], rows: Iterable[Row]) -> tuple[Repeat, ...]:
    """The records of `queries/repeats.rq`."""

    def one(iri: str, group: list[_Cells]) -> Repeat:
        first = group[0]
        return Repeat(
            iri,
            first["subject"] or "",
            first["relation"] or "",
            first["object"] or "",
            tuple(each["statement"] or "" for each in group),
            tuple(dict.fromkeys(each["locator"] or "" for each in group)),
        )

    return _grouped(columns, rows, "proposition", one)


def facets(columns: Sequence[str], rows: Iterable[Row], field: str) -> tuple[Facet, ...]:
    """The records of `queries/facets.rq` or `queries/word-facets.rq`, which has a word for a name."""
    found = []
    for cells in _cells(columns, rows):
        name = cells.get("name") or cells.get("word") or cells["value"] or ""
        found.append(Facet(field, cells["value"] or "", name, int(cells["statements"] or 0)))
    return tuple(found)


def _grouped(
    columns: Sequence[str], rows: Iterable[Row], key: str, make: Callable[[str, list[_Cells]], T]
) -> tuple[T, ...]:
    groups: dict[str, list[_Cells]] = {}
    for cells in _cells(columns, rows):
        groups.setdefault(cells[key] or "", []).append(cells)
    return tuple(make(iri, group) for iri, group in groups.items())


def _cells(columns: Sequence[str], rows: Iterable[Row]) -> Iterable[_Cells]:
    for row in rows:
        yield {
            name: cell.value if cell is not None else None for name, cell in zip(columns, row, strict=True)
        }


def _numbers(found: Iterable[str | None]) -> tuple[int, ...]:
    return tuple(sorted({int(each) for each in found if each}))
