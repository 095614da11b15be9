"""`tensions.yaml`, `flags.yaml`, `absent.yaml`: what a curator says about the statements."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyoxigraph import NamedNode

from mgonto.compiler.rdf import Triple, mgo, named, term
from mgonto.compiler.records import Fields
from mgonto.compiler.values import ValueReader
from mgonto.names import BASE, reference_iri, sentence_iri, statement_iri
from mgonto.sources.yamlfile import Node, read_yaml

__all__ = ["AUDIT_FILES", "Places", "audit_triples"]

_STATEMENT = re.compile(r"(?P<locator>[ST][0-9]+(?:\.[A-Z][0-9]+)+)\.(?P<number>[0-9]+)")
_LINE = re.compile(r"(?P<statement>[^/]+)/evidence/(?P<number>[0-9]+)")
_REFERENCE = re.compile(r"ref/(?P<number>[0-9]+)")


@dataclass(frozen=True, slots=True)
class _Form:
    """What an item of an audit file is, what it may leave out, and what its `@id` key points at."""

    record: str
    optional: frozenset[str] = frozenset()
    statements_only: bool = False
    fewest: int = 1


#: The audit files by name.
AUDIT_FILES = {
    "tensions": _Form("Tension", optional=frozenset({"note"}), statements_only=True, fewest=2),
    "flags": _Form("CurationFlag", optional=frozenset({"corrected"})),
    "absent": _Form("Absence"),
}


@dataclass(frozen=True, slots=True)
class Places:
    """What an audit file can point at: statements, their evidence lines, sentences and references.

    `statements` holds what the curation files declare, also where it does not compile, so that one mistake is
    told once.
    """

    slug: str
    statements: Collection[tuple[str, int]]
    sentences: Collection[str]
    references: Collection[int]
    #: What the statements that compile cite.
    cited: Mapping[tuple[str, int], Collection[int]] = field(default_factory=dict)

    def statement(self, text: str) -> str | None:
        """The IRI of a statement written as S09.P02.N05.1, else None."""
        match = _STATEMENT.fullmatch(text)
        if match is None or (match["locator"], int(match["number"])) not in self.statements:
            return None
        return statement_iri(self.slug, match["locator"], int(match["number"]))

    def line(self, text: str) -> str | None:
        """The IRI of an evidence line written as S09.P02.N05.1/evidence/14, else None."""
        match = _LINE.fullmatch(text)
        statement = self.statement(match["statement"]) if match else None
        if match is None or statement is None:
            return None
        place = _STATEMENT.fullmatch(match["statement"])
        assert place is not None, "it was found as a statement"
        # A statement that does not compile has told of its own mistake: what it cites is not known.
        known = self.cited.get((place["locator"], int(place["number"])), self.references)
        return f"{statement}/evidence/{match['number']}" if int(match["number"]) in known else None

    def find(self, text: str) -> str | None:
        """The IRI of a statement, a line, a sentence (S09.P02.N05) or a reference (ref/13), else None."""
        line = self.line(text)
        if line is not None:
            return line
        if text in self.sentences:
            return sentence_iri(self.slug, text)
        reference = _REFERENCE.fullmatch(text)
        if reference and int(reference["number"]) in self.references:
            return reference_iri(self.slug, int(reference["number"]))
        return self.statement(text)


def audit_triples(folder: Path, shown: str, values: ValueReader, places: Places) -> Iterator[Triple]:
    """The triples of the three audit files, where `folder` has them; problems go to those of `values`.

    Each file is a list of mappings: a tension has `between` (two statements or more), `kind`, `reading` and
    perhaps `note`; a flag has `about` (statements, evidence lines, sentences or references), `kind`, `basis`,
    `severity`, `note` and perhaps `corrected`; an absence has `topic` (terms) and `note`.

    Args:
        folder: the article's folder.
        shown: its name in problems.
        values: reads against the schema; its file name is replaced.
        places: what the items can point at.
    """
    for name, form in AUDIT_FILES.items():
        path = folder / f"{name}.yaml"
        if not path.exists():
            continue
        file = f"{shown}/{name}.yaml"
        reader = ValueReader(file, values.schema, values.table, values.problems)
        root = read_yaml(path, values.problems, file)
        for number, item in enumerate(root.listed() if root else (), start=1):
            node = named(f"{BASE}{name}/{places.slug}/{number}")
            yield node, term("rdf", "type"), mgo(form.record)
            for key, value in _item(item, form, reader, places):
                yield node, key, value


def _item(item: Node, form: _Form, values: ValueReader, places: Places) -> Fields:
    keys = values.schema.keys_of(form.record)
    if not isinstance(item.value, dict):
        values.report(item, "an item is a mapping", "write " + ", ".join(f"{key}: ..." for key in keys))
        return ()
    values.check_keys(item, keys)
    found = values.fields(item, keys)
    for name, key in keys.items():
        given = item.get(name)
        if given is None:
            if name not in form.optional:
                values.report(item, f'"{name}" is missing', f"write {name}: ...")
        elif key.reads == "node":
            found += tuple((named(key.iri), iri) for iri in _pointers(given, form, values, places))
    return found


def _pointers(given: Node, form: _Form, values: ValueReader, places: Places) -> Iterator[NamedNode]:
    if len(given.listed()) < form.fewest:
        values.report(
            given, f"{len(given.listed())} where {form.fewest} belong", "name what disagrees with what"
        )
    for each in given.listed():
        text = each.text() or ""
        iri = places.statement(text) if form.statements_only else places.find(text)
        if iri is not None:
            yield named(iri)
        elif form.statements_only:
            values.report(each, f'"{text}" is no statement', "write S09.P02.N05.1")
        else:
            hint = "write S09.P02.N05.1, S09.P02.N05.1/evidence/14, S09.P02.N05 or ref/13"
            values.report(each, f'"{text}" is no statement, evidence line, sentence or reference', hint)
