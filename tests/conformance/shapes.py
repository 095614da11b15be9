"""Shapes of query that a parameter can stand in, with a small data set; strings that break naive quoting."""

import pyoxigraph as ox

__all__ = ["BASE", "BY_LIST", "DATA", "HARD_STRINGS", "PIECES", "PREFIX", "SHAPES", "A", "B", "C", "shown"]

BASE = "https://example.org/"
A, B, C = (ox.NamedNode(BASE + each) for each in "abc")
DATA = b"""
<https://example.org/g> {
<https://example.org/a> <https://example.org/name> "A" ; <https://example.org/next> <https://example.org/b> ;
  <https://example.org/size> 1 .
<https://example.org/b> <https://example.org/name> "B" ; <https://example.org/next> <https://example.org/c> ;
  <https://example.org/size> 2 .
<https://example.org/c> <https://example.org/name> "C" ; <https://example.org/size> 3 .
}
"""
PREFIX = "PREFIX : <https://example.org/>\n"

OR_ALL = "FILTER(COALESCE(!isIRI($x), true) || ?s = $x)"
#: Shape: the query, its rows where x is :b, and its rows where there is no x.
SHAPES = {
    "BGP": ("SELECT ?n { $x :name ?n } ORDER BY ?n", "B", "A B C"),
    "FILTER": (f"SELECT ?n {{ ?s :name ?n {OR_ALL} }} ORDER BY ?n", "B", "A B C"),
    "OPTIONAL": (
        f"SELECT ?m ?n {{ ?s :name ?m OPTIONAL {{ ?s :next/:name ?n {OR_ALL} }} }} ORDER BY ?m",
        "A- BC C-",
        "AB BC C-",
    ),
    "NOT EXISTS": (
        "SELECT ?n { ?s :name ?n FILTER NOT EXISTS { ?s :next ?o FILTER(?o IN ($x)) } } ORDER BY ?n",
        "B C",
        "A B C",
    ),
    "MINUS": ("SELECT ?n { ?s :name ?n MINUS { ?s :next $x } } ORDER BY ?n", "B C", "C"),
    "sub-SELECT": ("SELECT ?n { { SELECT ?s { ?s :next $x } } ?s :name ?n } ORDER BY ?n", "A", "A B"),
    "aggregate": (
        "SELECT (COUNT(?s) AS ?c) { ?s :size ?z FILTER(COALESCE(!isIRI($x), true) || ?s != $x) }",
        "2",
        "3",
    ),
    "VALUES": (
        "SELECT ?n { VALUES ?z { 2 3 } ?s :size ?z ; :name ?n FILTER(?s IN ($x)) } ORDER BY ?n",
        "B",
        "B C",
    ),
    "BIND": ("SELECT ?n { BIND(COALESCE($x, :c) AS ?s) ?s :name ?n } ORDER BY ?n", "B", "C"),
    "UNION": (
        "SELECT ?n { { ?s :name ?n FILTER(?s IN ($x)) } UNION { ?o :next ?s ; :name ?n FILTER(?s IN ($x)) } }"
        " ORDER BY ?n",
        "A B",
        "A A B B C",
    ),
    "property path": ("SELECT ?n { $x :next*/:name ?n } ORDER BY ?n", "B C", "A B B C C C"),
    "IN list": ("SELECT ?n { ?s :name ?n FILTER(?s IN ($x)) } ORDER BY ?n", "B", "A B C"),
    "ORDER": ("SELECT ?n { ?s :name ?n } ORDER BY (COALESCE(?s != $x, false)) ?n", "B A C", "A B C"),
    "HAVING": (
        "SELECT ?n (SUM(?z) AS ?t) { ?s :next*/:size ?z ; :name ?n FILTER(?s IN ($x)) } GROUP BY ?n"
        " HAVING(SUM(?z) > 3) ORDER BY ?n",
        "B5",
        "A6 B5",
    ),
}
#: Those that take a list.
BY_LIST = [each for each, row in SHAPES.items() if "IN ($x)" in row[0]]

#: Pieces that break naive quoting, one way or another.
PIECES = [
    *("$x", "?x", "$t", "#", "<a>", "{", "}", "(", ")", "IN ($x)", "FILTER", "@en", "^^", " ", "%"),
    *('"', "'", '"""', "'''", "\\", "\\\\", "\\u0041", "\\U00000041", "\\n", "\n", "\r", "\r\n", "\t"),
    *("\b", "\f", "\x01", "\x7f", "\u0085", "\u2028", "\u202e", "\u200f", "\ufeff", "\uffff", "e\u0301"),
    *("مغنيسيوم", "é", "镁", "🧲", ";", "=", "&", "+", "uU"),
]  # fmt: skip
#: Each piece, and what two of them make together: for engines that are too slow to be asked at random.
HARD_STRINGS = [
    *PIECES,
    "",
    *('" . ?s ?p ?o } #', "$x ?x $t", "\\\\U00000041", 'a"b\\', "\\'", '"""\\', "\r\n\t ", "a\\u0041b"),
    *("%3Cb%3E+%26", "镁🧲é", '\\"', "'' '' '", "{$t}", "IN ($t)", "#\n", "?x\\"),
]


def shown(rows: list[tuple[str | None, ...]]) -> str:
    """Rows of short cells as words.

    >>> shown([("A", None), ("B", "C")])
    'A- BC'
    """
    return " ".join("".join("-" if cell is None else cell for cell in row) for row in rows)
