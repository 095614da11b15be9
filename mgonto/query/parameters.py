"""What people give for a parameter, as the terms that a query takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from mgonto.engine.binding import Value, to_term
from mgonto.errors import UsageError
from mgonto.names import expand
from mgonto.query.lexical import Terms
from mgonto.result.records import Term

if TYPE_CHECKING:
    from mgonto.sources.queryfile import Parameter, Query

__all__ = [
    "checked_limit",
    "is_count",
    "listed",
    "query_values",
    "reference_values",
    "section_values",
    "sign_values",
    "term_values",
    "truth",
    "word_values",
]


def listed(given: object) -> list[Any]:
    """One value, several or None, as a list; an empty list is the same as None: nothing is asked for.

    Raises:
        UsageError: a list with None in it, which is a mistake somewhere before.
    """
    if given is None:
        return []
    if isinstance(given, (str, bytes, Term)) or not isinstance(given, Iterable):
        return [given]
    values = list(given)
    if any(each is None for each in values):
        raise UsageError("there is a None among the values of a list", "take it out of the list")
    return values


#: What the terms of some filters and parameters are, as the ontology has it.
_KINDS = {
    "species": "Organism",
    "source_species": "Organism",
    "design": "StudyDesign",
    "tissue": "Anatomy",
    "cell": "Cell",
    "population": "Population",
    "stage": "Condition",
    "condition": "Condition",
}


def term_values(
    terms: Terms, given: object, widen: str = "states", name: str = ""
) -> list[ox.NamedNode] | None:
    """Terms by any of their names, and what they stand for; None where none is given.

    Args:
        terms: the terms of the knowledge base.
        given: one name or several.
        widen: "states" adds narrower terms and states, "about" the composed terms that involve one of them
            as well; "exact" adds nothing.
        name: the filter or parameter that they are for: "non-human" is an animal for a species, and a study
            for a design.

    Raises:
        UnknownTerm, AmbiguousTerm: a term that cannot be found.
        UsageError: something that is no name, or a term of a kind that the filter never has.
    """
    wider = {"states": terms.expanded, "about": terms.about}.get(widen)
    iris: dict[str, None] = {}
    for each in listed(given):
        term = _of_kind(terms, each.value if isinstance(each, ox.NamedNode) else each, name)
        iris.update(dict.fromkeys(wider(term.iri) if wider else (term.iri,)))
    return [ox.NamedNode(iri) for iri in iris] or None


def _of_kind(terms: Terms, given: str | Term, name: str) -> Term:
    """A term that the filter `name` can have: of another kind, the only one whose names hold the word."""
    term, kind = terms.find(given), _KINDS.get(name)
    if kind is None or term.kind == kind:
        return term
    near = [terms[iri] for iri, _ in terms.lexicon.search(str(given)) if terms[iri].kind == kind]
    if len(near) == 1:
        return near[0]
    other = next((one for one, of in _KINDS.items() if of == term.kind), "about")
    raise UsageError(
        f'"{given}" is no {name.replace("_", " ")}: it is of the kind {term.kind}, and wanted is {kind}',
        f"did you mean: {', '.join(each.name for each in near[:3])}?"
        if near
        else f"ask with {other} instead, or look for another term with: mgonto search WORD",
    )


def word_values(terms: Terms, of: str, given: object, name: str) -> list[ox.NamedNode] | None:
    """Words of the closed list `of` ("limited evidence", limited_evidence, an IRI) as nodes.

    Raises:
        UsageError: the list of the filter `name` does not have the word.
    """
    words = terms.lists.get(of, {})
    nodes: list[ox.NamedNode] = []
    for each in listed(given):
        text = str(each)
        iri = words.get(text.replace("_", " ").casefold()) or expand(text) or text
        if iri not in words.values():
            raise UsageError(
                f'unknown {name.replace("_", " ")} "{text}"', "one of: " + ", ".join(sorted(words))
            )
        nodes.append(ox.NamedNode(iri))
    return nodes or None


def section_values(given: object) -> list[ox.Literal] | None:
    """Ids and headings of sections as the queries compare them."""
    return [ox.Literal(str(each).casefold()) for each in listed(given)] or None


def reference_values(given: object) -> list[ox.NamedNode | ox.Literal] | None:
    """Numbers of references as strings ("14", or "[14]" as it is printed), IRIs as nodes.

    Raises:
        UsageError: neither a number nor an IRI.
    """
    nodes: list[ox.NamedNode | ox.Literal] = []
    for each in listed(given):
        text = str(each).strip()
        number = text.removeprefix("[").removesuffix("]")
        try:
            nodes.append(ox.Literal(number) if number.isdigit() else ox.NamedNode(expand(text) or text))
        except ValueError as error:
            raise UsageError(
                f'"{each}" is no reference', "give its number in the reference list, or its IRI"
            ) from error
    return nodes or None


_SIGNS = {"1": 1, "+1": 1, "+": 1, "-1": -1, "-": -1, "0": 0}


def sign_values(given: object) -> list[ox.Literal] | None:
    """Signs as numbers: 1, -1 and 0, or "+" and "-".

    Raises:
        UsageError: another sign.

    >>> [str(each) for each in sign_values(["+", -1]) or ()][0]
    '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    for each in listed(given):
        if str(each) not in _SIGNS:
            raise UsageError(f'a sign cannot be "{each}"', "write 1, -1 or 0")
    return [ox.Literal(_SIGNS[str(each)]) for each in listed(given)] or None


def truth(name: str, given: object) -> bool | None:
    """True, False or None.

    Raises:
        UsageError: anything else: "no" would count as true.
    """
    if given is None or isinstance(given, bool):
        return given
    raise UsageError(f"{name} cannot be {given!r}", "write True or False, or leave it out")


def is_count(given: object) -> bool:
    """Whether it is a whole number from 1 on."""
    return isinstance(given, int) and not isinstance(given, bool) and given >= 1


def checked_limit(limit: object) -> int | None:
    """How many rows at most; None for all.

    Raises:
        UsageError: no whole number from 1 on; a negative one would cut rows off the end.
    """
    if limit is None or (isinstance(limit, int) and not isinstance(limit, bool) and limit >= 1):
        return limit
    raise UsageError(f"limit cannot be {limit!r}", "give a whole number from 1 on, or leave it out")


def query_values(query: Query, given: Mapping[str, object], terms: Terms, widen: bool) -> dict[str, Value]:
    """The values of a query's parameters.

    Args:
        query: whose parameters.
        given: by name; None is the same as absent.
        terms: resolves names of terms and words of closed lists.
        widen: a list of terms takes their narrower terms and states too.

    Raises:
        UsageError: a name that the query does not have, a required parameter left out, a value of the wrong
            type, or several where one is taken.
        UnknownTerm, AmbiguousTerm: a term that cannot be found.
    """
    names = [each.name for each in query.parameters]
    for name in given:
        if name not in names:
            raise UsageError(
                f'the query {query.name} has no parameter "{name}"',
                "its parameters are: " + (", ".join(names) or "none"),
            )
    return {each.name: _value(query, each, given.get(each.name), terms, widen) for each in query.parameters}


def _value(query: Query, parameter: Parameter, given: object, terms: Terms, widen: bool) -> Value:
    values = listed(given)
    if not values:
        if parameter.required:
            raise UsageError(
                f"the query {query.name} needs {parameter.name}: {parameter.help or parameter.type}",
                f"give it, {parameter.name}={parameter.example!r} for example",
            )
        return None
    if len(values) > 1 and not parameter.many:
        raise UsageError(f"{parameter.name} takes one value", "give one, or ask once for each")
    found = _typed(parameter, values, terms, widen and parameter.many)
    return found if parameter.many else found[0]


def _typed(
    parameter: Parameter, values: list[Any], terms: Terms, widen: bool
) -> list[ox.NamedNode | ox.Literal]:
    kind, name = parameter.type, parameter.name
    nodes: list[ox.NamedNode | ox.Literal] = []
    if kind == "term":
        from mgonto.sources.queryfile import ANY_ROLE

        how = ("about" if parameter.of == ANY_ROLE else "states") if widen else "exact"
        nodes += term_values(terms, values, how, name) or []
    elif kind == "iri" and parameter.of:
        nodes += word_values(terms, parameter.of, values, name) or []
    elif kind == "section":
        nodes += section_values(values) or []
    elif kind == "reference":
        nodes += reference_values(values) or []
    else:
        nodes += [_scalar(parameter, each) for each in values]
    return nodes


def _scalar(parameter: Parameter, given: Any) -> ox.NamedNode | ox.Literal:
    if isinstance(given, (ox.NamedNode, ox.Literal)):
        return given
    kind, text = parameter.type, str(given).strip()
    try:
        if kind == "iri":
            return ox.NamedNode(expand(text) or text)
        if kind == "integer":
            return ox.Literal(int(text))
        if kind == "decimal":
            return ox.Literal(text, datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal"))
        if kind == "boolean":
            return ox.Literal({"true": True, "false": False}[text.casefold()])
    except (KeyError, ValueError) as error:
        raise UsageError(
            f"{parameter.name} cannot be {text!r}: it takes {_ARTICLES[kind]}",
            f"write it as {parameter.example!r}" if parameter.example is not None else "mend the value",
        ) from error
    return to_term(text if kind == "string" else given)


_ARTICLES = {
    "iri": "an IRI or CURIE",
    "integer": "a whole number",
    "decimal": "a number",
    "boolean": "true or false",
}
