"""The same query, worded so that an engine starts from what is rare.

`FILTER(?x IN (...))` says what is wanted, and every engine gives the same rows for it; but one that does not
look into its filters reads everything and drops most of it. Where the list names things (terms, statements,
places: not the few words of a closed list, which half the data have), the filter is put in front as `VALUES`,
and `FILTER EXISTS` around such a list as a sub-select of what passes. One filter a group is moved: two lists
in front would be multiplied with each other.

A filter is moved only where that changes no row: its variable is bound whatever happens (in a triple of the
group or in every branch of its union), and the list holds IRIs and plain strings, which equal nothing but
themselves.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mgonto.engine.groups import VARIABLE, Group, branches, joined, main_group, parse
from mgonto.names import BASE

__all__ = ["narrowed"]

_ITEM = r'(?:<[^<>\s]*>|"(?:[^"\\\n]|\\.)*")'
_IN = re.compile(rf"\(\s*\?(\w+)\s+IN\s*\(\s*({_ITEM}(?:\s*,\s*{_ITEM})*)\s*\)\s*\)", re.IGNORECASE)
#: A word of a closed list: half of the data may have it, so that it is nothing to start from.
_WORD = re.compile(rf"<{re.escape(BASE)}[A-Za-z]+>")
_SELECT = re.compile(r"\s*SELECT\b", re.IGNORECASE)
#: More rows than any answer has.
_NEVER = 1_000_000_000_000
#: So many optional parts are taken together before the guess is put right again.
_A_FEW = 5


@lru_cache(maxsize=512)
def narrowed(query: str) -> str:
    """The query with its rarest filter in front; as it is where there is none to move.

    >>> narrowed('SELECT * { ?s ?p ?o . FILTER(?s IN (<urn:a>)) }')
    'SELECT * {VALUES ?s { <urn:a> }  ?s ?p ?o .  }'
    """
    if " IN " not in query:
        return query
    return _narrowed_select(query) or query


def _narrowed_select(query: str) -> str | None:
    """A SELECT with the first group of it narrowed; None where there is nothing to move."""
    place = main_group(query)
    inner = _moved(query[slice(*place)]) if place else None
    return f"{query[: place[0]]}{inner}{query[place[1] :]}" if place and inner is not None else None


def _moved(text: str) -> str | None:
    """The inside of a group with one filter put in front; None where there is none to put there."""
    group = parse(text)
    if group is None:
        return None
    certain = group.certain()
    best: tuple[int, int, str] | None = None
    once, by_row = "", False
    for at, each in enumerate(group.elements):
        if each.kind == "filter" and (found := _IN.fullmatch(each.inner)) and found[1] in certain:
            items = dict.fromkeys(re.findall(_ITEM, found[2]))
            if not any(_WORD.fullmatch(item) for item in items):
                best = min(best or (1 << 30, 0, ""), (len(items), at, _values(found[1], items)))
    for at, each in enumerate(group.elements) if best is None else ():
        if each.kind == "exists" and (inner := _moved(each.inner)) is not None:
            shared = set(VARIABLE.findall(each.inner)) & group.outside(at)
            if len(shared) == 1 and shared <= certain:
                (name,) = shared
                best = (0, at, f"{{ SELECT DISTINCT ?{name} {{ {inner} }} }}")
                once = inner
                break
    first: int | None = None
    for at, each in enumerate(group.elements):
        inside = list(branches(each.text)) if each.kind == "union" else []
        if (
            len(inside) == 1
            and _SELECT.match(inside[0])
            and (inner := _narrowed_select(inside[0])) is not None
        ):
            each.text = f"{{ {inner} }}"
            first = at if first is None else first
    if best is None and first is not None:
        # A sub-select that was narrowed is what to start from, where nothing before it is more than joined.
        before = {each.kind for each in group.elements[:first]}
        if not before <= {"triples", "union", "filter", "exists", "not exists"}:
            return joined(group.elements)
        best, by_row = (0, first, group.elements[first].text), True
    for at, each in enumerate(group.elements) if best is None else ():
        if each.kind == "union" and (union := _moved_branches(each.text)) is not None:
            best, by_row = (0, at, union), True
            break
    if best is None:
        return None
    _, place, front = best
    del group.elements[place]
    return _arranged(group, front, once, by_row)


def _moved_branches(text: str) -> str | None:
    """A union with a filter in front of each of its branches; None where one has none to move."""
    inside = list(branches(text))
    moved = [_moved(each) for each in inside] if len(inside) > 1 else []
    return " UNION ".join(f"{{{each}}}" for each in moved) if moved and None not in moved else None


#: Triples with nothing in them but names and variables: each row of them is there once.
_PLAIN = re.compile(r"(?:<[^<>\s]*>|[\w:?.;,-]|\s)+")


def _arranged(group: Group, front: str, once: str = "", by_row: bool = False) -> str:
    """The group with the rare filter first, and what is optional after all that is not.

    Where the filter was a FILTER EXISTS and the triples are plain, its inside (`once`) can stand among them:
    what is doubled by it is told apart from what is not, for without it no row is there twice. Where what
    stands first was written as a sub-select or a union, what it finds is looked up row by row (`by_row`),
    however much an engine takes it for.

    An engine that guesses sizes by multiplying takes a long chain of patterns for so many rows that it reads
    all there is of each optional part; a limit that nothing reaches tells it otherwise.
    """
    parts = group.elements
    optional = next((at for at, each in enumerate(parts) if each.kind == "optional"), None)
    optional = len(parts) if optional is None and once else optional
    if optional is None:
        return f"{front} {joined(parts)}"
    filters = [each for each in parts if each.kind in ("filter", "exists", "not exists")]
    base = [each for each in parts[:optional] if each not in filters]
    rest = [each for each in parts[optional:] if each not in filters]
    if all(each.kind in ("optional", "triples", "union") for each in rest):
        # What stands behind an optional part may go before it where the two share nothing unbound.
        loose = {name for each in rest if each.kind == "optional" for name in VARIABLE.findall(each.text)}
        loose -= Group(base).certain()
        moved = [
            each for each in rest if each.kind != "optional" and loose.isdisjoint(VARIABLE.findall(each.text))
        ]
        base += moved
        rest = [each for each in rest if each not in moved]
    inside, outside = joined(base), joined([*rest, *filters])
    if rest and all(each.kind == "optional" for each in rest):
        outside = joined(filters)
    else:
        rest = []
    if once and all(each.kind == "triples" for each in base) and _PLAIN.fullmatch(inside):
        names = " ".join(f"?{name}" for name in dict.fromkeys(VARIABLE.findall(inside)))
        text = f"{{ SELECT DISTINCT {names} {{ {_stopped(once)} {inside} }} LIMIT {_NEVER} }}"
    elif by_row and inside.strip():
        text = f"{{ SELECT * {{ {front} LATERAL {{ {inside} }} }} LIMIT {_NEVER} }}"
    else:
        text = f"{{ SELECT * {{ {front} {inside} }} LIMIT {_NEVER} }}"
    for at in range(0, len(rest), _A_FEW):
        few = joined(rest[at : at + _A_FEW])
        text = f"{{ SELECT * {{ {text} {few} }} LIMIT {_NEVER} }}" if at + _A_FEW < len(rest) else text + few
    return f"{text} {outside}"


def _stopped(text: str) -> str:
    """Triples with one full stop behind them."""
    return f"{text.rstrip().rstrip('.')} ."


def _values(name: str, items: dict[str, None]) -> str:
    return f"VALUES ?{name} {{ {' '.join(items)} }}"
