"""What can go wrong, said in two lines: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "AmbiguousTerm",
    "CompilationFailed",
    "EndpointError",
    "MgontoError",
    "Problem",
    "UnknownTerm",
    "UsageError",
]


class MgontoError(Exception):
    """Base of every error that mgonto raises on purpose.

    Args:
        message: one line that says what is wrong.
        hint: one line that says what to do about it.

    >>> error = MgontoError("no file x.ttl", "give the path of a file that exists")
    >>> error.message, error.exit_code
    ('no file x.ttl', 1)
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(MgontoError):
    """A call that cannot be understood: a bad option, a bad value (exit code 2)."""

    exit_code = 2


class EndpointError(MgontoError):
    """A SPARQL endpoint that cannot be reached, refuses, or answers what nobody can read (exit code 4)."""

    exit_code = 4


class UnknownTerm(MgontoError):
    """A name that no term has (exit code 3); `suggestions` are the nearest names.

    >>> UnknownTerm("magnesum", ("magnesium",)).hint
    'did you mean "magnesium"?'
    """

    exit_code = 3

    def __init__(self, name: str, suggestions: Sequence[str] = (), hint: str = "") -> None:
        near = " or ".join(f'"{each}"' for each in suggestions)
        hint = hint or (f"did you mean {near}?" if near else "look for it with: mgonto search WORD")
        super().__init__(f'unknown term "{name}"', hint)
        self.name = name
        self.suggestions = tuple(suggestions)


class AmbiguousTerm(MgontoError):
    """A name that several terms share (exit code 3); `candidates` are their CURIEs."""

    exit_code = 3

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        super().__init__(
            f'"{name}" names more than one term', f"write one of these instead: {', '.join(candidates)}"
        )
        self.name = name
        self.candidates = tuple(candidates)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one place of a source file. Lines and columns count from 1.

    >>> print(Problem("S09.yaml", 3, 7, 'unknown key "subjct"', 'did you mean "subject"?'))
    S09.yaml:3:7: unknown key "subjct"; did you mean "subject"?
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        tail = f"; {self.hint}" if self.hint else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{tail}"


class CompilationFailed(MgontoError):
    """Sources that do not compile; `problems` holds every one found, sorted by place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        count = len(self.problems)
        super().__init__(
            f"{count} problem{'s' if count != 1 else ''} in the sources; nothing was written",
            "mend each place listed above, then run the command again",
        )
