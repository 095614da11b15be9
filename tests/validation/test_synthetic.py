"""The generator of synthetic evidence: exact, the same every time, sound, and never held as a whole."""

import tracemalloc
from functools import cache
from pathlib import Path

import pytest

from benchmarks.synthetic import Synthesis, write_base
from mgonto.names import BASE
from mgonto.validation.validate import bundled_shapes, validate_files

STATEMENTS = 300


@cache
def base(seed: int = 1) -> str:
    return "".join(Synthesis(STATEMENTS, seed).lines())


def test_there_are_exactly_as_many_statements_as_asked_for() -> None:
    assert base().count(f" <{BASE}asserts> ") == STATEMENTS


def test_the_same_seed_makes_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    path = tmp_path / "base.nq"
    assert write_base(STATEMENTS, path) == base().count("\n")
    assert path.read_text(encoding="utf-8") == base()
    assert base(2) != base()


def test_what_is_made_conforms_and_warns_only_of_what_its_patterns_are_excused_for(tmp_path: Path) -> None:
    path = tmp_path / "base.nq"
    path.write_text(base(), encoding="utf-8")
    found = {(each.severity, each.shape) for each in validate_files([path]).results}
    # A copy of a sentence is as long, and as uncited, as the real one that stands on the list of exceptions.
    excused = {shape for shape, _ in bundled_shapes().excused}
    assert {shape for severity, shape in found if severity != "info"} <= excused
    assert "violation" not in {severity for severity, _ in found}


@pytest.mark.slow
def test_a_base_is_written_article_by_article_and_never_held() -> None:
    def peak(statements: int) -> int:
        made = Synthesis(statements)
        tracemalloc.start()
        for _ in made.lines():
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    # Nothing is kept of an article but its number: many more articles take little more.
    assert peak(3_000) < 1.5 * peak(1_000) + 15_000_000
