"""One file's values against the schema: the same words mean the same in every file that a curator writes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from mgonto.compiler.rdf import Object, named
from mgonto.compiler.records import Fields
from mgonto.compiler.schema import Key, Schema
from mgonto.compiler.terms import TermTable
from mgonto.errors import AmbiguousTerm, Problem, UnknownTerm
from mgonto.names import PREFIXES
from mgonto.sources.yamlfile import Node

__all__ = ["ValueReader", "did_you_mean", "whole_number"]

_NUMBERS = {
    PREFIXES["xsd"] + "integer": re.compile(r"[+-]?[0-9]+"),
    PREFIXES["xsd"] + "decimal": re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)"),
}
_STRING = PREFIXES["xsd"] + "string"
#: How alike two words must be: below it "raised" would suggest "decreased".
_ALIKE = 0.75
_NEW_TERM = "add it to ontology/terms.tsv"


@dataclass(frozen=True, slots=True)
class ValueReader:
    """Reads keys and values of one file; what is wrong goes to `problems` with its place.

    Args:
        file: the name that problems show.
        schema: what may be written.
        table: the domain terms.
        problems: gets everything that is wrong.
    """

    file: str
    schema: Schema
    table: TermTable
    problems: list[Problem]

    def report(self, node: Node, message: str, hint: str) -> None:
        """Add a problem at the place of a value."""
        self.problems.append(Problem(self.file, node.line, node.column, message, hint))

    def report_key(self, node: Node, key: str, message: str, hint: str) -> None:
        """Add a problem at the place of a key of the mapping `node`."""
        line, column = node.keys[key]
        self.problems.append(Problem(self.file, line, column, message, hint))

    def check_keys(self, node: Node, allowed: Collection[str], may_be_none: Collection[str] = ()) -> None:
        """Report every key of a mapping that is unknown, or known and without a value.

        `may_be_none` are the keys for which an empty list says something.
        """
        for key, value in node.items():
            if key not in allowed:
                hint = did_you_mean(key, allowed) or "the keys are: " + ", ".join(sorted(allowed))
                self.report_key(node, key, f'unknown key "{key}"', hint)
            elif value.value in (None, "") or (value.value in ([], {}) and key not in may_be_none):
                self.report_key(node, key, f'"{key}" is empty', "write its value, or delete the key")

    def fields(self, node: Node, keys: Mapping[str, Key], skip: Collection[str] = ()) -> Fields:
        """The plain values of a mapping, as property and object; whole records are left to the caller."""
        found: Fields = ()
        for name, value in node.items():
            key = keys.get(name)
            if key is None or key.reads in ("node", "nothing") or name in skip:
                continue
            if isinstance(value.value, list) and not key.many:
                self.report(value, f'"{name}" takes one value', "keep one, or write two statements")
                continue
            for each in value.listed():
                read = self.value(key, each)
                if read is not None:
                    found += ((named(key.iri), read),)
        return found

    def value(self, key: Key, node: Node) -> Object | None:
        """One value of a key; None, with a problem, where it is not what the key takes."""
        text = node.text()
        if text is None:
            self.report(node, f'"{key.name}" takes a plain value', "write it on one line")
            return None
        if key.reads == "choice":
            chosen = self.choice(node, key.range)
            return named(chosen) if chosen else None
        if key.reads == "term":
            return self._term_of_kind(key, node)
        pattern = _NUMBERS.get(key.range)
        if pattern and not pattern.fullmatch(text):
            hint = "keep its words in as_reported"
            if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text):
                hint = f"write a dot for the comma: {text.replace(',', '.')}"
            self.report(node, f'"{key.name}" takes a number, not "{text}"', hint)
            return None
        return ox.Literal(text) if key.range == _STRING else ox.Literal(text, datatype=named(key.range))

    def choice(self, node: Node, closed_list: str) -> str | None:
        """The IRI of a word of a closed list."""
        words = self.schema.choices[closed_list]
        name = re.sub(r"(?<!^)(?=[A-Z])", " ", closed_list).lower()
        word = node.text()
        if word is None:
            self.report(node, f"one {name} goes here, not several", "keep one: " + ", ".join(words))
            return None
        if word not in words:
            hint = did_you_mean(word, words) or "one of: " + ", ".join(words)
            self.report(node, f'unknown {name} "{word}"', hint)
            return None
        return words[word]

    def term(self, node: Node) -> str | None:
        """The IRI of a domain term, by any of its names."""
        try:
            return self.table.lexicon.resolve(node.text() or "")
        except UnknownTerm as error:
            self.report(node, error.message, error.hint if error.suggestions else _NEW_TERM)
        except AmbiguousTerm as error:
            self.report(node, error.message, error.hint)
        return None

    def _term_of_kind(self, key: Key, node: Node) -> Object | None:
        iri = self.term(node)
        if iri is None:
            return None
        kind = self.table.terms[iri].kind
        if not self.schema.is_kind(kind, key.range):
            wanted = self.schema.kinds_of(key.range)
            hint = f"it takes a term of kind {wanted}"
            self.report(node, f'"{key.name}" takes no {kind}: "{node.text()}"', hint)
            return None
        return named(iri)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint with the word of `known` that is spelt most like `word`; empty where none is like it.

    >>> did_you_mean("subjct", ["subject", "object"])
    'did you mean "subject"?'
    """
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=_ALIKE)
    return f'did you mean "{near[0]}"?' if near else ""


def whole_number(text: str | None) -> int | None:
    """The number that a text of plain digits stands for; None for anything else, 0 and "²" included.

    >>> whole_number("13"), whole_number("0"), whole_number("1.5")
    (13, None, None)
    """
    return int(text) if text and re.fullmatch(r"[1-9][0-9]*", text) else None
