"""The same query, worded so that an engine looks up the name of a term once, and counts before it joins.

An engine that joins row by row looks a term's name up for each row; where a term has thousands of claims, and
the index of a term lists them all beside its name, the time grows with the square of what is said about it.
Where an answer is long, all names are read once, and joined to what was found. A sub-select that counts is
asked first, and only what it finds is looked up: an engine that guesses sizes may do the reverse.

A query is worded anew only where that changes no row: the name is used nowhere else in the group, and its
term is bound in every row.
"""

from __future__ import annotations

import re
from functools import lru_cache

from mgonto.engine.groups import VARIABLE, Group, branches, main_group, parse

__all__ = ["counted_first", "lists_of", "names_apart", "with_names"]

_NAME = "skos:prefLabel"
#: `mgo:subject/skos:prefLabel ?subject`: a name at the end of a path.
_AT_END = re.compile(rf"/{_NAME}\s+\?(\w+)")
#: `?agent skos:prefLabel ?subject .`: a triple of its own.
_ALONE = re.compile(rf"(^|(?<=\.))\s*\?(\w+)\s+{_NAME}\s+\?(\w+)\s*(?:\.|$)")
_IRI_LIST = re.compile(r"\bIN\s*\(\s*(<[^<>\s]*>(?:\s*,\s*<[^<>\s]*>)*)\s*\)")
_COUNTS = re.compile(r"\s*SELECT\b.*\bGROUP\s+BY\b", re.IGNORECASE | re.DOTALL)

#: A term and its name, as variables.
Name = tuple[str, str]


def lists_of(query: str) -> list[list[str]]:
    """The lists of IRIs that a query asks for.

    >>> lists_of("SELECT * { ?s ?p ?o FILTER(?o IN (<urn:a>, <urn:b>)) }")
    [['urn:a', 'urn:b']]
    """
    return [re.findall(r"<([^<>\s]*)>", found[1]) for found in _IRI_LIST.finditer(query)]


def _text(group: Group) -> str:
    return "".join(each.text for each in group.elements)


@lru_cache(maxsize=64)
def names_apart(query: str) -> tuple[str, tuple[Name, ...]]:
    """A query without its names, and what it lacks: the variables of each term and its name.

    >>> names_apart("SELECT ?p ?name { ?p mgo:subject/skos:prefLabel ?name }")
    ('SELECT ?p ?name { ?p mgo:subject ?name_named }', (('name_named', 'name'),))
    """
    place = main_group(query)
    group = parse(query[slice(*place)]) if place else None
    if place is None or group is None:
        return query, ()
    text = query[slice(*place)]
    names: list[Name] = []

    def once(name: str) -> bool:
        return VARIABLE.findall(text).count(name) == 1

    def at_end(found: re.Match[str]) -> str:
        if not once(found[1]):
            return found[0]
        names.append((f"{found[1]}_named", found[1]))
        return f" ?{found[1]}_named"

    def alone(found: re.Match[str]) -> str:
        if not once(found[3]) or VARIABLE.findall(triples).count(found[2]) < 2:
            return found[0]
        names.append((found[2], found[3]))
        return found[1]

    for each in group.elements:
        if each.kind == "triples":
            triples = _AT_END.sub(at_end, each.text)
            each.text = _ALONE.sub(alone, triples)
    if not names:
        return query, ()
    return f"{query[: place[0]]}{_text(group)}{query[place[1] :]}", tuple(names)


def with_names(query: str, names: tuple[Name, ...]) -> str:
    """A query with the names that `names_apart` took away, each read once.

    >>> with_names("SELECT * { ?p mgo:subject ?s }", (("s", "name"),))
    'SELECT * { ?p mgo:subject ?s  { SELECT ?s ?name { ?s skos:prefLabel ?name } }}'
    """
    place = main_group(query)
    if place is None or not names:
        return query
    read = "".join(f" {{ SELECT ?{term} ?{name} {{ ?{term} {_NAME} ?{name} }} }}" for term, name in names)
    return f"{query[: place[1]]}{read}{query[place[1] :]}"


@lru_cache(maxsize=64)
def counted_first(query: str) -> str:
    """A query that starts with a sub-select that counts, with what follows looked up for what that finds.

    >>> counted_first("SELECT * { { SELECT ?a { ?s ?p ?a } GROUP BY ?a } ?a ?q ?b }")
    'SELECT * { { SELECT ?a { ?s ?p ?a } GROUP BY ?a } LATERAL { ?a ?q ?b }}'
    """
    place = main_group(query)
    group = parse(query[slice(*place)]) if place else None
    if place is None or group is None:
        return query
    parts = [each for each in group.elements if each.text.strip()]
    if [each.kind for each in parts] != ["union", "triples"]:
        return query
    inside = list(branches(parts[0].text))
    if len(inside) != 1 or not _COUNTS.match(inside[0]):
        return query
    return f"{query[: place[0]]} {parts[0].text} LATERAL {{{parts[1].text}}}{query[place[1] :]}"
