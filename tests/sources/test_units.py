"""The table of units: what it gives, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from mgonto.errors import MgontoError
from mgonto.sources.units import QUDT, read_units

HEADER = "unit\tmeaning\tqudt\n"


def test_a_code_gives_its_qudt_unit_and_one_that_qudt_lacks_gives_none(tmp_path: Path) -> None:
    path = tmp_path / "units.tsv"
    path.write_text(HEADER + "h\thour\tHR\nmeq/kg\tmilliequivalent in a kilogram\t\n", encoding="utf-8")
    assert read_units(path) == {"h": QUDT + "HR"}


def test_a_folder_without_the_table_joins_nothing(tmp_path: Path) -> None:
    assert read_units(tmp_path / "units.tsv") == {}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("code\tname\n", "units.tsv:1"),
        (HEADER + "h\thour\n", "units.tsv:2"),
        (HEADER + "h\thour\tHR\nh\thour\tHR\n", "units.tsv:3"),
        (HEADER + "\thour\tHR\n", "units.tsv:2"),
    ],
    ids=["header", "two cells", "a code twice", "no code"],
)
def test_a_broken_table_is_told_with_its_line(tmp_path: Path, text: str, place: str) -> None:
    path = tmp_path / "units.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(MgontoError, match=place):
        read_units(path)
