"""A validation report as text, SARIF, GitHub annotations and Turtle."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mgonto.names import PREFIXES, local_name, shrink

if TYPE_CHECKING:
    from mgonto.result.validation import ValidationReport, ValidationResult

__all__ = ["as_github", "as_sarif", "as_text", "as_turtle", "summary"]

_SARIF_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}
_GITHUB_LEVELS = {"violation": "error", "warning": "warning", "info": "notice"}
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_HOME = "https://w3id.org/mgonto/"


def _plain(text: str, _severity: str) -> str:
    return text


def as_text(report: ValidationReport, paint: Callable[[str, str], str] = _plain) -> str:
    """The findings by file and node, then the summary.

    Args:
        report: what to write.
        paint: gives a text the colour of a severity; "ok" is a severity here.
    """
    lines: list[str] = []
    for file, of_file in groupby(report.results, key=lambda each: each.file):
        lines.append(file or "(bundled data)")
        for _, of_node in groupby(of_file, key=lambda each: (each.focus, each.focus_label)):
            members = list(of_node)
            lines.append(f"  {_heading(members[0])}")
            lines += [f"    {each}" for each in _node_lines(members, paint)]
        lines.append("")
    last = summary(report)
    lines.append(paint(last, "ok" if report.conforms else "violation"))
    return "\n".join(lines) + "\n"


def _heading(one: ValidationResult) -> str:
    if not one.focus:
        return "(the file)"
    name = shrink(one.focus) if one.focus.startswith(("http:", "https:")) else one.focus
    return f"{name}  {one.focus_label}" if one.focus_label not in ("", name) else name


def _node_lines(members: Iterable[ValidationResult], paint: Callable[[str, str], str]) -> Iterator[str]:
    for each in members:
        column = f":{each.column}" if each.column else ""
        place = f"line {each.line}{column}  " if each.line else ""
        yield f"{place}{paint(each.severity, each.severity)}  {each.message}"
        told = [f"at {_short(each.path)}" if each.path else ""]
        # A query gives what belongs to the finding, and names it in its message.
        found = "found" if each.component != "Check" else "concerns"
        told.append(f"{found}: {_short(each.value)}" if each.value else "")
        told.append(f"rule: {_rule(each)}")
        yield "    " + "; ".join(one for one in told if one)


def _short(text: str) -> str:
    """An IRI as its CURIE, in a path also those inside it; any other text as it is."""
    if _is_iri(text):
        return shrink(text)
    return re.sub(r"<(https?:[^<>]*)>", lambda match: shrink(match[1]), text)


def _rule(each: ValidationResult) -> str:
    return f"{local_name(each.shape)} ({each.component})" if each.shape else each.component


def summary(report: ValidationReport) -> str:
    """One line: whether it conforms, how much was found, in what, by which engine and how fast.

    The words are plain ASCII, so that any terminal can show them.
    """
    counts = report.counts
    told = [f"{count} {name}{'s' if count != 1 else ''}" for name, count in counts.items() if count]
    files = f" in {len(report.files)} file{'s' if len(report.files) != 1 else ''}" if report.files else ""
    verdict = "conforms" if report.conforms else "does not conform"
    excused = f"; {report.excused} excused with a reason" if report.excused else ""
    following = f"; {report.following} more that only follow from these (--every)" if report.following else ""
    return (
        f"{verdict}: {', '.join(told) or 'nothing found'}{files}{excused}{following}; "
        f"checked by {report.engine} {report.engine_version} in {report.seconds:.2f} s"
    )


# -- for code hosts ----------------------------------------------------------------------------------------


def as_sarif(report: ValidationReport) -> str:
    """SARIF 2.1.0 with one run; every shape that found something is a rule of it."""
    rules: dict[str, dict[str, Any]] = {}
    results = []
    for each in report.results:
        rule = _rule_id(each)
        if rule not in rules:
            name = report.shape_names.get(each.shape or "", "") or rule
            rules[rule] = {"id": rule, "shortDescription": {"text": name}}
            if each.shape and each.shape.startswith(("http:", "https:")):
                rules[rule]["properties"] = {"shape": each.shape}
        found: dict[str, Any] = {
            "ruleId": rule,
            "ruleIndex": list(rules).index(rule),
            "level": _SARIF_LEVELS[each.severity],
            "message": {"text": _sentence(each)},
        }
        location: dict[str, Any] = {}
        if each.file:
            physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(each.file)}}
            if each.line:
                region = {"startLine": each.line}
                if each.column:
                    region["startColumn"] = each.column
                physical["region"] = region
            location["physicalLocation"] = physical
        if each.focus:
            location["logicalLocations"] = [{"name": each.focus_label, "fullyQualifiedName": each.focus}]
        if location:
            found["locations"] = [location]
        results.append(found)
    driver = {
        "name": "mgonto",
        "informationUri": _HOME,
        "rules": list(rules.values()),
        "properties": {"engine": f"{report.engine} {report.engine_version}"},
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps(
        {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2
    )


def _rule_id(each: ValidationResult) -> str:
    return f"{local_name(each.shape)}/{each.component}" if each.shape else each.component


def _uri(file: str) -> str:
    """A file as a relative or file URI, with slashes on every system."""
    path = quote(file.replace("\\", "/"), safe="/:")
    return f"file://{path}" if path.startswith("/") else path


def _sentence(each: ValidationResult) -> str:
    about = f"{each.focus_label}: " if each.focus_label else ""
    found = f" (found: {each.value})" if each.value and each.component != "Check" else ""
    return f"{about}{each.message}{found}"


def as_github(report: ValidationReport) -> str:
    """Workflow commands: `::error file=...,line=...::message`; what they would misread is escaped."""
    lines = []
    for each in report.results:
        facts = {"file": each.file, "line": each.line, "col": each.column, "title": _rule_id(each)}
        told = ",".join(f"{name}={_escaped(str(fact), True)}" for name, fact in facts.items() if fact)
        lines.append(f"::{_GITHUB_LEVELS[each.severity]} {told}::{_escaped(_sentence(each))}")
    return "".join(f"{line}\n" for line in lines)


def _escaped(text: str, in_property: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if in_property else text


# -- for RDF tools -----------------------------------------------------------------------------------------


def as_turtle(report: ValidationReport) -> str:
    """The sh:ValidationReport; a path that is no single property goes into the message."""
    lines = [f"@prefix sh: <{PREFIXES['sh']}> .", f"@prefix xsd: <{PREFIXES['xsd']}> .", ""]
    ends = ["[] a sh:ValidationReport", f"    sh:conforms {'true' if report.conforms else 'false'}"]
    ends += [f"    sh:result [\n{_turtle_result(each)}\n    ]" for each in report.results]
    return "\n".join(lines) + " ;\n".join(ends) + " .\n"


def _turtle_result(each: ValidationResult) -> str:
    told = [("a", "sh:ValidationResult")]
    told.append(("sh:resultSeverity", f"sh:{each.severity.capitalize()}"))
    told.append(("sh:focusNode", _turtle_node(each.focus)))
    if each.path and _is_iri(each.path):
        told.append(("sh:resultPath", f"<{each.path}>"))
    if each.value is not None:
        told.append(("sh:value", _turtle_node(each.value)))
    told.append(("sh:resultMessage", _literal(each.message)))
    if each.shape:
        told.append(("sh:sourceShape", _turtle_node(each.shape)))
    told.append(("sh:sourceConstraintComponent", f"sh:{_component(each.component)}"))
    return " ;\n".join(f"        {name} {value}" for name, value in told)


def _component(name: str) -> str:
    # What is no SHACL constraint is a query or a rule of the compiler: SHACL's word for both is SPARQL.
    return f"{'SPARQL' if name in ('Check', 'Compiler', 'Syntax') else name}ConstraintComponent"


def _turtle_node(text: str) -> str:
    return f"<{text}>" if _is_iri(text) else _literal(text)


def _is_iri(text: str) -> bool:
    return re.fullmatch(r"(https?|urn):[^\s<>\"{}|\\^`]+", text) is not None


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\\/", "/")
