"""Answers about mechanism beside `Explanation`: loops, shared effects, and two terms compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mgonto.result.records import Path, Statement, Term
from mgonto.result.results import Results

__all__ = ["Compared", "Comparison", "Loop", "SharedEffect"]


@dataclass(frozen=True, slots=True)
class Loop:
    """A path from a change of a term back to the same term.

    `path.sign` is 1 where the change comes back as it went out, -1 where it comes back turned round, 0 where
    that cannot be told.
    """

    path: Path

    @property
    def feedback(self) -> str:
        """positive (the change feeds itself), negative (it holds itself back) or unknown."""
        return {1: "positive", -1: "negative"}.get(self.path.sign, "unknown")

    @property
    def terms(self) -> tuple[str, ...]:
        """The names on the way, from the first hop to the return."""
        return tuple(hop.object_label for hop in self.path.hops)

    def to_dict(self) -> dict[str, Any]:
        """The loop as JSON knows it: its path, and the feedback."""
        return {"feedback": self.feedback, "terms": list(self.terms), **self.path.to_dict()}

    def __str__(self) -> str:
        return f"{self.feedback}: {' > '.join(self.terms)}"


@dataclass(frozen=True, slots=True)
class SharedEffect:
    """A thing that two terms both act on: what more of each does to it (1, -1, 0), by their best paths."""

    term: str
    label: str
    sign_a: int
    sign_b: int
    path_a: Path
    path_b: Path

    @property
    def same_sign(self) -> bool | None:
        """Whether both act the same way; None where that cannot be told of one of them."""
        return self.sign_a == self.sign_b if self.sign_a and self.sign_b else None

    def to_dict(self) -> dict[str, Any]:
        """The effect as a flat record, with the statements and references of the two paths."""
        return {
            "term": self.term,
            "label": self.label,
            "sign_a": self.sign_a,
            "sign_b": self.sign_b,
            "same_sign": self.same_sign,
            "statements_a": [hop.statement for hop in self.path_a.hops if hop.statement],
            "statements_b": [hop.statement for hop in self.path_b.hops if hop.statement],
            "references_a": list(self.path_a.references),
            "references_b": list(self.path_b.references),
        }

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class Compared:
    """What is said of one pairing with another term, by the first term, the second, or both.

    `role` is effect (the compared term acts) or cause (it is acted on). `change` is the change of the acting
    side as worded (increased, decreased, ...), if any is. `signs_a` and `signs_b` are the signs that the
    article affirms; `verdict` is only a, only b, agree, differ, or unclear (no sign, or both, on one side).
    """

    role: str
    term: str
    label: str
    change: str | None
    signs_a: tuple[int, ...]
    signs_b: tuple[int, ...]
    statements_a: tuple[Statement, ...]
    statements_b: tuple[Statement, ...]

    @property
    def verdict(self) -> str:
        """only a, only b, agree, differ, or unclear."""
        if not self.statements_b:
            return "only a"
        if not self.statements_a:
            return "only b"
        told_a, told_b = {*self.signs_a} - {0}, {*self.signs_b} - {0}
        if len(told_a) != 1 or len(told_b) != 1:
            return "unclear"
        return "agree" if told_a == told_b else "differ"

    def to_dict(self) -> dict[str, Any]:
        """The row with the IRIs of its statements."""
        return {
            "verdict": self.verdict,
            "role": self.role,
            "term": self.term,
            "label": self.label,
            "change": self.change,
            "signs_a": list(self.signs_a),
            "signs_b": list(self.signs_b),
            "statements_a": [each.statement for each in self.statements_a],
            "statements_b": [each.statement for each in self.statements_b],
        }

    def __str__(self) -> str:
        return f"{self.verdict}: {self.label}"


class Comparison(Results[Compared]):
    """What is said of two terms, row by row; `a` and `b` are the terms."""

    def __init__(self, a: Term, b: Term, rows: tuple[Compared, ...], sparql: str = "") -> None:
        super().__init__(
            rows,
            sparql,
            ("verdict", "role", "term", "label", "change", "signs_a", "signs_b", "statements_a",
             "statements_b"),
        )  # fmt: skip
        self.a, self.b = a, b

    def of(self, *verdicts: str) -> tuple[Compared, ...]:
        """The rows of some verdicts."""
        return tuple(each for each in self if each.verdict in verdicts)

    @property
    def only_a(self) -> tuple[Compared, ...]:
        """What is said of the first term alone."""
        return self.of("only a")

    @property
    def only_b(self) -> tuple[Compared, ...]:
        """What is said of the second term alone."""
        return self.of("only b")

    @property
    def both(self) -> tuple[Compared, ...]:
        """What is said of both, in agreement or not."""
        return self.of("agree", "differ", "unclear")

    @property
    def agreements(self) -> tuple[Compared, ...]:
        """What is said of both with one sign."""
        return self.of("agree")

    @property
    def differences(self) -> tuple[Compared, ...]:
        """What is said of both with opposite signs."""
        return self.of("differ")
