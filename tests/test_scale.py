"""The benchmark of growth: which engine is taken how far, and what is told of it."""

from typing import Any, cast

from benchmarks.scale import LARGEST, Bench, measured, queries_beside


class Recorded:
    """A bench that has its answers: seconds of loading by engine, size and round."""

    def __init__(self, late: tuple[str, str] = ("", "")) -> None:
        self.late = late
        self.asked: list[tuple[str, str, int]] = []

    def measure(self, engine: str, size: str, again: int = 0) -> dict[str, Any] | None:
        self.asked.append((engine, size, again))
        return None if (engine, size) == self.late else {"load": (5.0, 1.0, 3.0)[again], "memory": 1.0}


def test_the_embedded_engines_load_in_rounds_and_the_median_counts() -> None:
    bench = Recorded()
    found = dict(measured(cast(Bench, bench), ["1k"], ["mgonto", "pyoxigraph", "rdflib"], LARGEST, 3))
    assert {key: one["load"] for key, one in found.items()} == {
        ("mgonto", "1k"): 3.0,
        ("pyoxigraph", "1k"): 3.0,
        ("rdflib", "1k"): 5.0,
    }
    assert [engine for engine, _, again in bench.asked if again] == ["mgonto", "pyoxigraph"] * 2


def test_no_engine_is_taken_further_than_its_largest_or_than_where_it_did_not_end() -> None:
    bench = Recorded(late=("mgonto", "10k"))
    sizes = ["1k", "10k", "100k"]
    found = dict(measured(cast(Bench, bench), sizes, ["mgonto", "rdflib"], {"rdflib": "10k"}, 1))
    assert set(found) == {("mgonto", "1k"), ("rdflib", "1k"), ("rdflib", "10k")}
    assert ("mgonto", "100k", 0) not in bench.asked and ("rdflib", "100k", 0) not in bench.asked


def test_rows_that_are_not_those_of_mgonto_are_told() -> None:
    right = {"questions": {"needs": 1.0}, "rows": {"needs": 10}, "limit": 10}
    other = {"questions": {"needs": 2.0, "doses": "late"}, "rows": {"needs": 9, "doses": None}}
    told = queries_beside("1k", {("mgonto", "1k"): right, ("owlready2", "1k"): other}).splitlines()
    assert "| needs | 1.0 | 2.0 (9 rows, not 10) |" in told and "| doses |  | > 10 s |" in told
