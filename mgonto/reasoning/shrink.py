"""The smallest part of some things that still fails a test, found with few tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["smallest"]

T = TypeVar("T")


def smallest(items: Sequence[T], fails: Callable[[Sequence[T]], bool], runs: int = 40) -> list[T]:
    """A part of `items` that fails and of which every member is needed; where `runs` are up, a larger one.

    Divide and conquer (QuickXplain, Junker 2004): a half that fails alone is taken alone.

    Args:
        items: what fails as a whole.
        fails: the test. More items must not make a failing part pass.
        runs: the most tests.

    >>> smallest(range(100), lambda part: {7, 61} <= set(part))
    [7, 61]
    """
    left = runs

    def test(part: Sequence[T]) -> bool | None:
        nonlocal left
        if left <= 0:
            return None
        left -= 1
        return fails(part)

    def search(ground: Sequence[T], changed: bool, some: Sequence[T]) -> list[T]:
        if changed and test(ground):
            return []
        if len(some) <= 1 or left <= 0:
            return list(some)
        half = len(some) // 2
        first, second = some[:half], some[half:]
        needed = search([*ground, *first], True, second)
        rest = search([*ground, *needed], bool(needed), first)
        return [*rest, *needed]

    return search([], False, list(items)) if items else []
