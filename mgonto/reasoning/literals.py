"""Literals: whether the text of one is right for its data type, and whether one is of a data type."""

from __future__ import annotations

import re

import pyoxigraph as ox

from mgonto.names import PREFIXES

__all__ = ["fits", "is_well_formed"]

_XSD = PREFIXES["xsd"]
_INTEGERS = frozenset(
    _XSD + name
    for name in (
        *("integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger"),
        *("nonPositiveInteger", "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort"),
        "unsignedByte",
    )
)
_TEXTS = frozenset(_XSD + name for name in ("string", "normalizedString", "token", "language", "Name"))
#: Data types that share no value: each literal belongs to one of these groups, or to none that we know.
_GROUPS = (
    _INTEGERS | {_XSD + "decimal"},
    _TEXTS,
    frozenset({_XSD + "boolean"}),
    frozenset({_XSD + "float"}),
    frozenset({_XSD + "double"}),
    frozenset({_XSD + "dateTime", _XSD + "dateTimeStamp"}),
    frozenset({_XSD + "anyURI"}),
)
_FORMS = {
    **{each: re.compile(r"[+-]?\d+") for each in _INTEGERS},
    _XSD + "decimal": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)"),
    _XSD + "boolean": re.compile(r"true|false|0|1"),
    _XSD + "double": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN"),
    _XSD + "float": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?INF|NaN"),
}


def is_well_formed(literal: ox.Literal) -> bool:
    """Whether the text of a literal is one of its data type; a type that we do not know is taken on trust.

    >>> number = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
    >>> [is_well_formed(ox.Literal(text, datatype=number)) for text in ("12.5", "about 12")]
    [True, False]
    """
    form = _FORMS.get(literal.datatype.value)
    return form is None or form.fullmatch(literal.value.strip()) is not None


def fits(literal: ox.Literal, kind: str) -> bool:
    """Whether a literal is of the data type `kind`; where we cannot tell, it is.

    >>> fits(ox.Literal("high"), "http://www.w3.org/2001/XMLSchema#decimal"), fits(ox.Literal(3),
    ...     "http://www.w3.org/2001/XMLSchema#decimal")
    (False, True)
    """
    own = literal.datatype.value
    if own == kind:
        return True
    group = next((each for each in _GROUPS if kind in each), None)
    if group is None:
        return True
    if own not in group:
        return own not in frozenset().union(*_GROUPS) and own != PREFIXES["rdf"] + "langString"
    # Within the numbers every integer is a decimal; a decimal is an integer where it has no fraction.
    if kind in _INTEGERS and own == _XSD + "decimal":
        return not literal.value.partition(".")[2].strip("0")
    return True
