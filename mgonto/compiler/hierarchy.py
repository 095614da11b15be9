"""The class tree of the terms: what the table says, joined with what the sources of its terms say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from mgonto.errors import Problem
from mgonto.names import shrink
from mgonto.sources.imports import ImportedClass
from mgonto.sources.terms import TermRow

__all__ = ["ancestors", "imported_parents", "nearest", "rings"]

_REBUILD = "rebuild the modules: python tools/import_terms.py"


def imported_parents(
    classes: Sequence[ImportedClass],
    rows: Mapping[str, TermRow],
    table: str,
    problems: list[Problem],
) -> Mapping[str, ImportedClass]:
    """The classes of the import modules that agree with the table, by IRI.

    A class without a row, with another label than its row, given up by its source, or under a class of
    another kind is a problem of the module; an external term that its module lacks is one of the table.
    """
    found: dict[str, ImportedClass] = {}
    for each in classes:

        def report(message: str, hint: str, each: ImportedClass = each) -> None:
            problems.append(Problem(each.file, each.line, 1, message, hint))

        curie, row = shrink(each.iri), rows.get(each.iri)
        if row is None:
            report(f"{curie} has no row in {table}", f"give it one, or {_REBUILD}")
        elif each.iri in found:
            report(f"{curie} stands in {found[each.iri].file} already", _REBUILD)
        elif each.obsolete:
            report(f"{curie} is obsolete", f"{table}:{row.line}: use the term that replaces it")
        elif each.label != row.label:
            message = f'{curie} is "{each.label}" in its source and "{row.label}" in {table}'
            report(message, f"{table}:{row.line}: write the label of the source, or {_REBUILD}")
        else:
            found[each.iri] = each
        for parent in each.parents:
            above = rows.get(parent)
            if above is None:
                report(f"its parent {shrink(parent)} has no row in {table}", f"give it one, or {_REBUILD}")
            elif row is not None and above.kind != row.kind:
                report(f"its parent {shrink(parent)} is a {above.kind}, not a {row.kind}", _REBUILD)
        if not each.imported_from:
            report(f"{curie} does not say where it is imported from", _REBUILD)
    covered = {shrink(each.iri).partition(":")[0] for each in classes}
    known = {each.iri for each in classes}
    for iri, row in rows.items():
        if row.iri.partition(":")[0] in covered and iri not in known:
            message = f"{row.iri} is missing from the import modules"
            problems.append(Problem(table, row.line, 1, message, _REBUILD))
    return MappingProxyType(found)


def ancestors(parents: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """For each term everything above it; a term in a ring is above itself."""
    above: dict[str, set[str]] = {}
    for each in parents:
        pending, found = list(parents[each]), set[str]()
        while pending:
            parent = pending.pop()
            if parent not in found:
                found.add(parent)
                pending += parents.get(parent, ())
        above[each] = found
    return above


def rings(parents: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """The terms that are their own ancestors, ring by ring, each in the order of the table."""
    above = ancestors(parents)
    told: set[str] = set()
    for iri in parents:
        if iri in above[iri] and iri not in told:
            ring = [each for each in parents if each in above[iri] and iri in above[each]]
            told.update(ring)
            yield ring


def nearest(given: Sequence[str], above: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Those of `given` that are above no other of them, each once.

    >>> nearest(["disease", "heart failure"], {"heart failure": {"disease"}, "disease": set()})
    ('heart failure',)
    """
    once = tuple(dict.fromkeys(given))
    return tuple(
        each
        for each in once
        if not any(each in above[other] and other not in above[each] for other in once if other != each)
    )
