"""`ontology/units.tsv`: the UCUM codes in use, and the QUDT unit that each stands for."""

from __future__ import annotations

from pathlib import Path

from mgonto.errors import MgontoError

__all__ = ["QUDT", "read_units"]

QUDT = "http://qudt.org/vocab/unit/"
_HEADER = "unit\tmeaning\tqudt"


def read_units(path: Path) -> dict[str, str]:
    """The IRI of the QUDT unit of each UCUM code; a code for which QUDT has no unit is left out.

    A folder without the file has no such table: then nothing is joined to QUDT.

    Raises:
        MgontoError: a line is no row of the table, or a code stands twice.
    """
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != _HEADER:
        raise MgontoError(f"{path.name}:1: the header is not the expected one", f"write: {_HEADER}")
    found: dict[str, str] = {}
    seen: set[str] = set()
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != 3 or not cells[0] or cells[0] in seen:
            hint = "write the UCUM code, its meaning and the QUDT name, each code once"
            raise MgontoError(f"{path.name}:{number}: this is no row of the table of units", hint)
        seen.add(cells[0])
        if cells[2]:
            found[cells[0]] = QUDT + cells[2]
    return found
