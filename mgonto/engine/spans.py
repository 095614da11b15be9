"""Where a string, a comment or a name ends that begins at any place of a text, known after one pass.

To try a pattern at each quote of a text would read the rest of it each time. Two readers that are in a string
of the same kind at the same mark go the same way from there, so that going backwards over the marks, once,
tells where each of them ends.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import cache

__all__ = ["NOWHERE", "Spans"]

#: The end of what does not end.
NOWHERE = -1
#: What may end a string or a comment, and what may end a name.
_STRING_MARK = re.compile(r"[\"'\\\r\n]")
_NAME_MARK = re.compile(r"[\s{}<>()\"'?$\\]")
_VARIABLE_MARK = re.compile(r"[\s{}<>()\"'#]")
_LINE_END = re.compile(r"[\r\n]")
_SPACE = re.compile(r"\s*")
_IRI = re.compile(r"<[^<>]*>")
_ESCAPED = frozenset("tbnrf\"'\\")


class Spans:
    """The spans of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._gaps: dict[int, int] = {}
        # Each table is made when it is asked for: most texts need none.
        self._strings = cache(lambda: _starts(_STRING_MARK, text))
        self._names = cache(lambda: _starts(_NAME_MARK, text))
        self._variables = cache(lambda: _starts(_VARIABLE_MARK, text))
        self._lines = cache(lambda: _starts(_LINE_END, text))
        self._ends_of_short = cache(self._short)
        self._ends_of_long = cache(self._long)
        self._ends_of_names = cache(lambda: self._ends(self._names(), self._in_name, len(text)))

    def short(self, at: int) -> int:
        """The end of the string that the quote at a place begins, within its line."""
        quote = self._text[at]
        return _first(self._strings(), self._ends_of_short(quote), at + 1, NOWHERE)

    def long(self, at: int, strict: bool) -> int:
        """The end of the string that three quotes begin; where `strict`, one without odd escapes."""
        quote = self._text[at]
        if not self._text.startswith(quote * 3, at):
            return NOWHERE
        return _first(self._strings(), self._ends_of_long(quote, strict), at + 3, NOWHERE)

    def comment(self, at: int) -> int:
        """The end of the line."""
        return _first(self._lines(), self._lines(), at, len(self._text))

    def gap(self, at: int) -> int:
        """The end of the spaces and comments that begin at a place, if any do."""
        passed = []
        while at not in self._gaps:
            passed.append(at)
            found = _SPACE.match(self._text, at)
            behind = found.end() if found else at
            if self._text.startswith("#", behind):
                behind = self.comment(behind)
            if behind == at:
                self._gaps[at] = at
            at = behind
        end = self._gaps[at]
        self._gaps.update(dict.fromkeys(passed, end))
        return end

    def name(self, at: int) -> int:
        """The end of the IRI, variable or prefixed name that begins at a place."""
        text = self._text
        if text.startswith("<", at):
            found = _IRI.match(text, at)
            return found.end() if found else NOWHERE
        if text.startswith(("?", "$"), at):
            return _first(self._variables(), self._variables(), at + 1, len(text))
        end = _first(self._names(), self._ends_of_names(), at, len(text))
        return end if end > at else NOWHERE

    # -- what a reader does at a mark: how far it has come, or where it goes on ----------------------------

    def _short(self, quote: str) -> list[int]:
        def decide(at: int) -> tuple[bool, int]:
            mark = self._text[at]
            if mark == quote:
                return True, at + 1
            if mark == "\\" and self._text[at + 1 : at + 2] not in ("", "\n"):
                return False, at + 2
            return (True, NOWHERE) if mark in "\\\r\n" else (False, at + 1)

        return self._ends(self._strings(), decide, NOWHERE)

    def _long(self, quote: str, strict: bool) -> list[int]:
        def decide(at: int) -> tuple[bool, int]:
            mark = self._text[at]
            if mark == quote and self._text.startswith(quote * 3, at):
                return True, at + 3
            if mark != "\\":
                return False, at + 1
            escaped = self._text[at + 1 : at + 2]
            if escaped in _ESCAPED if strict else escaped:
                return False, at + 2
            return True, NOWHERE

        return self._ends(self._strings(), decide, NOWHERE)

    def _in_name(self, at: int) -> tuple[bool, int]:
        if self._text[at] == "\\" and self._text[at + 1 : at + 2] not in ("", "\n"):
            return False, at + 2
        return True, at

    def _ends(self, marks: list[int], decide: Callable[[int], tuple[bool, int]], at_end: int) -> list[int]:
        """For each mark, where a reader that comes to it ends; behind the last one, `at_end`."""
        ends = [at_end] * len(marks)
        for number in reversed(range(len(marks))):
            over, place = decide(marks[number])
            ends[number] = place if over else _first(marks, ends, place, at_end, number + 1)
        return ends


def _starts(pattern: re.Pattern[str], text: str) -> list[int]:
    return [found.start() for found in pattern.finditer(text)]


def _first(marks: list[int], told: list[int], place: int, at_end: int, low: int = 0) -> int:
    """What is told of the first mark that is not before a place."""
    number = bisect_left(marks, place, low)
    return told[number] if number < len(marks) else at_end
