"""What a validation found: frozen findings, and the report that holds them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from mgonto.errors import UsageError
from mgonto.result import validation_forms as forms
from mgonto.result.results import Exports, Results

__all__ = ["SEVERITIES", "ValidationReport", "ValidationResult"]

#: From grave to light.
SEVERITIES = ("violation", "warning", "info")


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """One thing that a shape, a check or the compiler has to say about one node.

    `focus` is the IRI of what it is about ("" where a whole file is), `path` the property in SPARQL's words,
    `shape` the IRI of the shape or check, `component` the kind of rule (`MinCount`, `Check`, `Compiler`,
    `Syntax`). `file`, `line` and `column` are None where they are not known; lines and columns count from 1.
    """

    severity: str
    focus: str
    focus_label: str
    path: str | None
    value: str | None
    message: str
    shape: str | None
    component: str
    file: str | None = None
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = ":".join(str(each) for each in (self.file, self.line, self.column) if each is not None)
        return f"{place}{': ' if place else ''}{self.severity}: {self.focus_label}: {self.message}"


@dataclass(frozen=True, slots=True)
class ValidationReport(Exports):
    """Everything that was found, and by which engine.

    Attributes:
        results: the findings, by file and line, the gravest first within a node.
        engine, engine_version: what checked the shapes: `shacl` or `pyshacl`.
        seconds: how long it took, reading included.
        fail_on: the lightest severity that does not conform: `violation` or `warning`.
        files: the files that were checked; empty for the bundled release.
        notes: remarks that are no findings, such as a file without any data of this model.
        excused: how many findings a reasoned list of exceptions has left out.
        following: how many more findings only follow from those that are listed.

    >>> ValidationReport(Results(()), "shacl", "0.3.4").conforms
    True
    """

    results: Results[ValidationResult]
    engine: str
    engine_version: str
    seconds: float = 0.0
    fail_on: str = "violation"
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    excused: int = 0
    following: int = 0
    shape_names: Mapping[str, str] = field(default_factory=dict, compare=False, hash=False)

    @property
    def conforms(self) -> bool:
        """Whether nothing as grave as `fail_on` was found."""
        return not any(_as_grave(each.severity, self.fail_on) for each in self.results)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings of each severity there are."""
        found = Counter(each.severity for each in self.results)
        return {severity: found[severity] for severity in SEVERITIES}

    def at_least(self, severity: str) -> Results[ValidationResult]:
        """The findings that are as grave as `severity`, or graver.

        Raises:
            UsageError: there is no such severity.

        >>> len(ValidationReport(Results(()), "shacl", "0.3.4").at_least("warning"))
        0
        """
        _check_severity(severity)
        return self._with(each for each in self.results if _as_grave(each.severity, severity))

    def of(self, severity: str) -> Results[ValidationResult]:
        """The findings of one severity; raises as `at_least` does."""
        _check_severity(severity)
        return self._with(each for each in self.results if each.severity == severity)

    @staticmethod
    def _with(found: Any) -> Results[ValidationResult]:
        return Results(found, columns=tuple(ValidationResult.__dataclass_fields__))

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON knows it."""
        return {
            "conforms": self.conforms,
            "fail_on": self.fail_on,
            "engine": {"name": self.engine, "version": self.engine_version},
            "seconds": round(self.seconds, 3),
            "files": list(self.files),
            "counts": self.counts,
            "excused": self.excused,
            "following": self.following,
            "notes": list(self.notes),
            "results": self.to_dicts(),
        }

    def rows(self) -> Results[ValidationResult]:
        """The findings as a table."""
        return self._with(self.results)

    def to_json(self) -> str:
        """The report as a JSON object, its findings under `results`."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_text(self) -> str:
        """The findings by file and node in plain words, with a summary as the last line."""
        return forms.as_text(self)

    def to_sarif(self) -> str:
        """The report as SARIF 2.1.0, which code hosts show at the lines."""
        return forms.as_sarif(self)

    def to_github(self) -> str:
        """The findings as annotations of GitHub Actions, one a line."""
        return forms.as_github(self)

    def to_turtle(self) -> str:
        """The report as an sh:ValidationReport in Turtle."""
        return forms.as_turtle(self)

    def _repr_html_(self) -> str:
        told = f"<p>{escape(forms.summary(self))}</p>"
        # Not the super() of no arguments: a class with slots is made anew, and it would not know this one.
        return told + (Exports._repr_html_(self) if self.results else "")


def _as_grave(severity: str, limit: str) -> bool:
    return SEVERITIES.index(severity) <= SEVERITIES.index(limit)


def _check_severity(severity: str) -> None:
    if severity not in SEVERITIES:
        raise UsageError(f'unknown severity "{severity}"', "one of: " + ", ".join(SEVERITIES))
