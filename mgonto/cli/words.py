"""Answers in plain words: an explanation as a tree, a statement as a few lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from mgonto.cli.output import Symbols
from mgonto.names import local_name

if TYPE_CHECKING:
    from mgonto.result.explanation import Explanation
    from mgonto.result.mechanism import Loop
    from mgonto.result.records import Hop, Path, Quantity, Statement

__all__ = [
    "CAUTION",
    "explanation_lines",
    "loop_lines",
    "statement_lines",
    "statement_view",
    "word",
]

CAUTION = "One review's claims, not medical advice; indirect paths are hypotheses."
_MOST_BESIDE = 12
_EFFECTS = {1: "raises", -1: "lowers", 0: "acts on, direction not told,"}
_CONTEXT = {
    "inTissue": "in",
    "inCell": "in",
    "inSpecies": "in",
    "inPopulation": "in",
    "inStage": "at the stage of",
    "inCondition": "with",
    "inAbsenceOf": "without",
    "independentOf": "independent of",
    "underIntervention": "under",
    "comparedWith": "compared with",
    "via": "by way of",
    "dose": "dose",
    "route": "route",
    "duration": "for",
    "atTime": "at",
    "reaction": "reaction",
    "subjectJointWith": "together with",
    "objectJointWith": "together with",
    "alternativeTo": "or else",
}


def word(iri: str | None) -> str:
    """The word of a vocabulary IRI: "established", "limited evidence".

    >>> word("https://w3id.org/mgonto/MeasuredNoDifference"), word("https://w3id.org/mgonto/HedgeMay")
    ('measured no difference', 'may')
    """
    if not iri:
        return ""
    # The name of the list that a word would otherwise share with another is part of the IRI, not of the word.
    name = local_name(iri)
    # The name of a list is taken off once: "SeverityAspect" is the aspect severity, "SeverityHigh" is high.
    shorter = name.removesuffix("Aspect").removesuffix("Publication").removesuffix("Role")
    if shorter == name:
        shorter = name.removeprefix("Hedge").removeprefix("NoClaim").removeprefix("Severity")
    name = shorter or name
    return "".join(f" {each.lower()}" if each.isupper() else each for each in name).strip()


def explanation_lines(explanation: Explanation, symbols: Symbols) -> Iterator[str]:
    """The tree of an explanation, path by path, with what stands beside the paths."""
    source, target, counts = explanation.source.name, explanation.target.name, explanation.counts
    yield f"{source} {symbols.to} {target}"
    if explanation.counts.total:
        at_least = "" if explanation.complete else "at least "
        shown = f"; the best {len(explanation)} shown" if len(explanation) < counts.total else ""
        yield (
            f"{at_least}{counts.total} path{'s' if counts.total != 1 else ''}: {counts.plus} raise it, "
            f"{counts.minus} lower it, {counts.indeterminate} cannot be told{shown}"
        )
        if explanation.conflict:
            yield "CONFLICT: the claims lead both ways; read the paths, do not count them."
    yield from _bottleneck_lines(explanation)
    if explanation.groups:
        yield from _group_lines(explanation, symbols)
    else:
        for number, path in enumerate(explanation, start=1):
            yield ""
            yield from _path_lines(number, path, symbols)
    for title, statements in (
        ("Denied by the article over the same pair (no evidence for the opposite):", explanation.denials),
        ("Associations with the target, not composed into paths:", explanation.associations),
        ("Called unknown by the article over the same pair:", explanation.gaps),
    ):
        if statements:
            yield ""
            yield title
            # The same claim made in several sentences stands once.
            once = {each.proposition: each for each in reversed(statements)}
            for each in list(reversed(once.values()))[:_MOST_BESIDE]:
                yield f"  {_claim(each, symbols)}  {_source(each)}"
            if len(once) > _MOST_BESIDE:
                yield f'  and {len(once) - _MOST_BESIDE} more: mgonto statements "{target}" --not-causal'
    if not explanation.counts.total:
        yield "no path"
        if explanation.inverted_paths:
            yield (
                f"{explanation.inverted_paths} by turning statements round to the opposite direction, "
                "which nobody states: add --hop opposite"
            )
    yield ""
    yield CAUTION


def _bottleneck_lines(explanation: Explanation) -> Iterator[str]:
    """What all the paths, or all of one sign, hang on."""
    for cuts, whose in (
        ("all", "every path"),
        ("plus", "every path that raises it"),
        ("minus", "every path that lowers it"),
        ("indeterminate", "every path that cannot be told"),
    ):
        for kind, verb in (("reference", "falls with"), ("term", "passes")):
            names = [
                each.label for each in explanation.bottlenecks if each.cuts == cuts and each.kind == kind
            ]
            if names and explanation.counts.total > 1:
                yield f"{whose} {verb} {', '.join(names)}"
    if explanation.uncited:
        one = explanation.uncited == 1
        yield f"{explanation.uncited} path{' has' if one else 's have'} a hop without citation"


def _group_lines(explanation: Explanation, symbols: Symbols) -> Iterator[str]:
    """The groups with their counts, each with its best path, where that is among those to show."""
    for number, group in enumerate(explanation.groups, start=1):
        best = group.paths[0]
        counts = group.counts
        told = (
            (counts.plus, "raise it"),
            (counts.minus, "lower it"),
            (counts.indeterminate, "cannot be told"),
        )
        yield ""
        yield f"{group.label}: " + ", ".join(f"{count} {words}" for count, words in told if count)
        if number <= len(explanation):
            yield from _path_lines(number, best, symbols)


def loop_lines(name: str, loops: Iterable[Loop], symbols: Symbols) -> Iterator[str]:
    """The loops through a term as trees."""
    found = list(loops)
    yield f"{len(found)} loop{'s' if len(found) != 1 else ''} through {name}"
    effects = {
        "positive": "feeds itself",
        "negative": "holds itself back",
        "unknown": "comes back, direction not told",
    }
    for number, each in enumerate(found, start=1):
        yield ""
        first = each.path.hops[0]
        yield (
            f"{number}. {effects[each.feedback]} ({each.feedback} feedback)   "
            f"weakest wording: {word(each.path.certainty) or 'none'}; references: "
            f"{', '.join(local_name(ref) for ref in each.path.references) or 'none'}"
        )
        indent = " " * (len(str(number)) + 2)
        yield f"{indent}{_arrow(first.subject_change, symbols)} {first.subject_label}"
        yield from _hop_lines(each.path, indent, symbols)
    yield ""
    yield CAUTION


def _path_lines(number: int, path: Path, symbols: Symbols) -> Iterator[str]:
    last = path.hops[-1]
    weakest = word(path.certainty) or "none"
    cited = ", ".join(local_name(each) for each in path.references) or "none"
    inverted = (
        f"; {path.inverted} hop{'s' if path.inverted > 1 else ''} turned round" if path.inverted else ""
    )
    yield (
        f"{number}. {_EFFECTS[path.sign]} {last.object_label}   "
        f"weakest wording: {weakest}; references: {cited}{inverted}"
    )
    first = path.hops[0]
    indent = " " * (len(str(number)) + 2)
    yield f"{indent}{_arrow(first.subject_change, symbols)} {first.subject_label}"
    yield from _hop_lines(path, indent, symbols)


def _hop_lines(path: Path, indent: str, symbols: Symbols) -> Iterator[str]:
    for depth, hop in enumerate(path.hops):
        pad = f"{indent}{'   ' * depth}{symbols.branch}"
        change = f"{_arrow(hop.object_change, symbols)} {hop.object_label}"
        yield f"{pad} {hop.relation_label} {symbols.to} {change}   {_hop_source(hop)}"


def _hop_source(hop: Hop) -> str:
    if not hop.statement:
        return f"({hop.kind} link of terms)"
    places = list(dict.fromkeys(each.locator for each in hop.statements))
    listed = len(hop.statements)
    more = f" +{len(places) - 1}" if len(places) > 1 else ""
    if (hop.statements_total or 0) > listed:
        more += f" ({listed} of {hop.statements_total:,} statements)"
    cited = (
        "[" + ",".join(local_name(each) for each in hop.references) + "]"
        if hop.references
        else "[no citation]"
    )
    turned = " TURNED ROUND" if hop.inverted else ""
    return f"{word(hop.certainty)} {cited} {local_name(hop.sentence or '')}{more}{turned}"


def statement_lines(
    statements: Iterable[Statement],
    symbols: Symbols,
    quantities: Iterable[Quantity] = (),
    label: Callable[[str], str] = local_name,
) -> Iterator[str]:
    """Each statement in a few lines: what it says, in which form, how surely, on what, with its numbers.

    `label` gives the name of a term for its IRI.
    """
    numbers = list(quantities)
    for each in statements:
        yield f"{local_name(each.statement)}  {each.gloss}"
        yield f"    {_claim(each, symbols)}"
        context = "; ".join(f"{_CONTEXT.get(one.role, one.role)} {one.label}" for one in each.context)
        if context:
            yield f"    {context}"
        details = [word(each.stance), word(each.certainty), word(each.claim_kind)]
        if each.null_kind:
            details.append(word(each.null_kind))
        if each.hedges:
            details.append("hedge: " + ", ".join(word(one) for one in each.hedges))
        if each.designs:
            details.append("design: " + ", ".join(label(one) for one in each.designs))
        sign = {1: "sign +", -1: "sign -", 0: "no sign"}[each.sign] + ("" if each.causal else ", not causal")
        yield f"    {', '.join(one for one in details if one)}; {sign}; {_source(each)}"
        for number in numbers:
            if number.statement == each.statement:
                yield f"    {_number(number)}"


def _number(each: Quantity) -> str:
    """A quantity in words: role, what was reported, and what it is compared with."""
    value = each.as_reported or each.in_words or word(each.status)
    unit = f" {each.unit}" if each.unit and each.unit != "1" and each.unit not in value else ""
    qualifiers = " ".join(word(one) for one in each.qualifiers)
    parts = [
        f"{word(each.role).removesuffix(' role')}: {qualifiers} {value}{unit}",
        word(each.statistic).removesuffix(" statistic"),
        word(each.change),
        f"of {each.of}" if each.of else "",
        f"in {', '.join(each.subgroups)}" if each.subgroups else "",
        f"arm: {each.arm}" if each.arm else "",
        f"compared with {', '.join(each.comparators)}" if each.comparators else "",
        each.time_point or "",
        f"n = {each.participants}" if each.participants else "",
    ]
    return "; ".join(" ".join(one.split()) for one in parts if one)


def _claim(each: Statement, symbols: Symbols) -> str:
    subject = _end(each.subject_label, each.subject_direction, each.subject_aspect)
    obj = _end(each.object_label, each.object_direction, each.object_aspect)
    return f"{subject} {symbols.dash} {each.relation_label} {symbols.to} {obj}"


def _end(label: str, direction: str | None, aspect: str | None) -> str:
    words = [word(direction), label + (f", {word(aspect)}" if aspect else "")]
    return " ".join(each for each in words if each)


def _source(each: Statement) -> str:
    cited = "[" + ",".join(str(one) for one in each.cited) + "]" if each.references else "[no citation]"
    scope = {"InheritedFromParagraph": " inherited", "InheritedFromSection": " inherited"}
    return f"{cited}{scope.get(local_name(each.scope or ''), '')} {each.locator}"


def _arrow(change: str | None, symbols: Symbols) -> str:
    return {"more": symbols.more, "less": symbols.less}.get(change or "", symbols.unknown)


def statement_view(each: Statement) -> dict[str, object]:
    """The row of a statement in a table."""
    return {
        "statement": local_name(each.statement),
        "says": each.gloss,
        "sign": {1: "+", -1: "-", 0: ""}[each.sign],
        "stance": word(each.stance),
        "certainty": word(each.certainty),
        "cited": list(each.cited),
    }
