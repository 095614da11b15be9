"""A tiny checkout about an invented substance: the real vocabulary, and terms and an article of our own."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest

from mgonto.compiler.compile import Compiled, compile_sources
from mgonto.compiler.records import Statement
from mgonto.errors import CompilationFailed, Problem
from mgonto.names import BASE, expand
from mgonto.sources.sentences import IndexRow, write_index
from mgonto.sources.terms import COLUMNS

ROOT = Path(__file__).resolve().parents[2]
SLUG = "demo-2026"
HERE = f"evidence/{SLUG}"

#: A sound row of a table of mappings.
MAPPING = {
    "subject_id": "CHEBI:9001",
    "subject_label": "lunite(2+)",
    "predicate_id": "skos:exactMatch",
    "object_id": "MESH:D009001",
    "object_label": "Lunite",
    "mapping_justification": "semapv:ManualMappingCuration",
    "subject_source": "bioregistry:chebi",
    "object_source": "bioregistry:mesh",
}

#: Rows of terms.tsv: what differs from the plain row (label = name, no parents, no links).
TERMS: tuple[dict[str, str], ...] = (
    {"iri": "UBERON:0009001", "name": "antenna", "kind": "Anatomy"},
    {"iri": "MGO:0009010", "name": "solin level", "kind": "Attribute"},
    {"iri": "CL:0009001", "name": "glow cell", "kind": "Cell"},
    {"iri": "MONDO:0009001", "name": "dim fever", "kind": "Condition", "synonyms": "DF|dimness"},
    {"iri": "MGO:0009021", "name": "early dim fever", "kind": "Condition", "parents": "dim fever"},
    {
        "iri": "MONDO:0009002",
        "name": "hypersolinemia",
        "kind": "Condition",
        "state_of": "solin level",
        "direction": "increased",
    },
    {
        "iri": "MONDO:0009003",
        "name": "lunite deficiency",
        "kind": "Condition",
        "state_of": "lunite",
        "direction": "decreased",
    },
    {"iri": "ECO:0000033", "name": "traceable author statement", "kind": "EvidenceType"},
    {"iri": "MGO:0009030", "name": "moonlight", "kind": "Exposure"},
    {
        "iri": "MAXO:0009001",
        "name": "lunite supplementation",
        "kind": "Intervention",
        "intervention_on": "lunite",
        "direction": "increased",
    },
    {"iri": "CHEBI:9001", "name": "lunite", "label": "lunite(2+)", "kind": "Molecule", "synonyms": "Lu2+"},
    {"iri": "MGO:0009001", "name": "blood lunite", "kind": "Molecule", "pool_of": "lunite"},
    {
        "iri": "MGO:0009002",
        "name": "tissue lunite",
        "kind": "Molecule",
        "pool_of": "lunite",
        "stands_for_whole": "yes",
    },
    {"iri": "PR:9001", "name": "solin", "kind": "Molecule"},
    {"iri": "NCBITaxon:9001", "name": "Mus lunaris", "kind": "Organism"},
    {"iri": "MGO:0009040", "name": "glow pathway", "kind": "Pathway"},
    {"iri": "MGO:0009050", "name": "night walkers", "kind": "Population"},
    {"iri": "GO:0009001", "name": "glow", "kind": "Process"},
    {"iri": "GO:0009002", "name": "solin release", "kind": "Process"},
    {"iri": "MGO:0009060", "name": "night watch", "kind": "StudyDesign"},
)

ARTICLE = """\
title: The lunite of the night
authors: [Ada Moon, Ben Star]
first_author: Moon
year: 2026
journal: Journal of Invented Things
doi: 10.1000/demo(1)
references:
  - {number: 1, title: First light, kind: animal experiment, kind_basis: title, species: Mus lunaris}
  - {number: 2, title: Second light, pmid: '123', outcomes: [glow, dim fever], about_basis: title}
"""

#: Plain statement: key to YAML value, in the order in which it is written.
PLAIN = {
    "gloss": "Lunite makes animals glow.",
    "subject": "lunite",
    "relation": "increases",
    "object": "glow",
    "certainty": "established",
}


def term_iri(name: str) -> str:
    """The IRI of a term of the demo, by its name."""
    found = expand(next(row["iri"] for row in TERMS if row["name"] == name))
    assert found
    return found


def mgo(name: str) -> ox.NamedNode:
    return ox.NamedNode(BASE + name)


def index_row(locator: str, inheritance: str = "none", number: int = 0, has_number: bool = False) -> IndexRow:
    """A row of the demo's index; `number` is the reference that it cites or inherits."""
    cites = (number,) if number else ()
    return IndexRow(
        locator=locator,
        section=locator.partition(".")[0],
        heading=f"Part {locator[2]}",
        citations=cites if inheritance == "own" else (),
        citations_inherited=() if inheritance == "own" else cites,
        inheritance=inheritance,  # type: ignore[arg-type]
        sha256=hashlib.sha256(locator.encode()).hexdigest(),
        has_number=has_number,
    )


INDEX = (
    index_row("S01.P01.N01", "own", 1),
    index_row("S01.P01.N02", "paragraph_next", 1),
    index_row("S01.P02.N01"),
    index_row("S02.P01.N01", "section_next", 2),
    index_row("S02.P01.N02", "own", 2),
    index_row("S02.P01.N03", has_number=True),
)


def statement(changes: Mapping[str, str | None] | None = None, **more: str | None) -> str:
    """A statement as an item of a list: the plain one with changes; None deletes a key."""
    keys = {**PLAIN, **(changes or {}), **more}
    # A key with a mark takes the place of the key without one.
    marked = {key.removeprefix("<<"): key for key in keys if key.startswith("<<")}
    lines = [
        f"{marked.get(key, key)}: {value}"
        for key, value in keys.items()
        if value is not None and not key.startswith("<<")
    ]
    return "  - " + "\n    ".join(lines) + "\n"


class Checkout:
    """A checkout in a temporary folder, changed file by file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "ontology").mkdir(parents=True)
        (root / "evidence" / SLUG).mkdir(parents=True)
        for name in ("mgonto.ttl", "context.jsonld"):
            shutil.copy(ROOT / "ontology" / name, root / "ontology" / name)
        self.terms()
        self.write("article.yaml", ARTICLE)
        self.index(INDEX)
        self.write("S01.yaml", self.section("S01", {"S01.P01.N01": statement()}))

    def write(self, name: str, text: str) -> None:
        (self.root / HERE / name).write_text(text, encoding="utf-8")

    def index(self, rows: Iterable[IndexRow]) -> None:
        write_index(self.root / HERE / "sentences.tsv", rows)

    def terms(
        self, changes: Mapping[str, Mapping[str, str]] | None = None, more: tuple[str, ...] = ()
    ) -> None:
        """Write terms.tsv with changed rows, by name, and with further lines."""
        lines = ["\t".join(COLUMNS)]
        for row in TERMS:
            full = {"definition": f"An invented thing named {row['name']}.", "source": "mgonto"}
            full |= {"definition_source": "ECO:0000033", **row}
            full |= (changes or {}).get(row["name"], {})
            lines.append("\t".join(full.get(column, "") for column in COLUMNS))
        text = "\n".join((*lines, *more)) + "\n"
        (self.root / "ontology" / "terms.tsv").write_text(text, encoding="utf-8")

    @staticmethod
    def section(section: str, sentences: Mapping[str, str]) -> str:
        """The text of a section file: the sentences given, the others as empty keys."""
        parts = []
        for row in INDEX:
            if row.section == section:
                body = sentences.get(row.locator, "")
                parts.append(
                    f"{row.locator}:\n{body}" if body.startswith("  ") else f"{row.locator}: {body}\n"
                )
        return "".join(parts)

    def say(self, *statements: str, at: str = "S01.P01.N01") -> None:
        """Give one sentence these statements, and the rest of its section none."""
        section = at.partition(".")[0]
        self.write(f"{section}.yaml", self.section(section, {at: "".join(statements)}))

    def compile(self) -> Compiled:
        return compile_sources(self.root)

    def statements(self) -> tuple[Statement, ...]:
        return self.compile().articles[0].statements

    def problems(self) -> list[Problem]:
        with pytest.raises(CompilationFailed) as failed:
            self.compile()
        return list(failed.value.problems)

    def quads(self) -> set[ox.Quad]:
        compiled = self.compile()
        return {*compiled.core_quads(), *compiled.late_quads()}

    def values(self, subject: str, prop: str) -> set[str]:
        """The values of a property of the vocabulary: texts of literals, local names or IRIs."""
        return {
            quad.object.value.removeprefix(BASE)
            for quad in self.quads()
            if isinstance(quad.subject, ox.NamedNode)
            and quad.subject.value == subject
            and quad.predicate == mgo(prop)
            and isinstance(quad.object, (ox.NamedNode, ox.Literal))
        }

    def problem(self, text: str, name: str, message: str, hint: str) -> Problem:
        """Write a file whose text marks with `<<` where the problem is told; what the problem must be."""
        at = text.index("<<")
        self.write(name, text.replace("<<", "", 1))
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        return Problem(f"{HERE}/{name}", line, column, message, hint)
