"""The sentence index of an article: where each sentence stands and what its hash is, never what it says."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mgonto.errors import MgontoError
from mgonto.sources.text import Inheritance, sentence_hash, split_article

__all__ = ["COLUMNS", "IndexRow", "holds_number", "index_article", "read_index", "write_index"]

#: The columns of sentences.tsv, in order. There is no column for the text, and there shall be none.
COLUMNS = (
    "locator",
    "section",
    "heading",
    "citations",
    "citations_inherited",
    "inheritance",
    "number",
    "sha256",
)

_LOCATOR = re.compile(r"(S\d{2,})\.P\d{2,}\.N\d{2,}|T\d+\.R\d+")
_SECTION = re.compile(r"S\d{2,}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NUMBERS = re.compile(r"(?:[1-9]\d*(?:,[1-9]\d*)*)?")
_INHERITANCE: dict[str, Inheritance] = {
    "own": "own",
    "paragraph_next": "paragraph_next",
    "section_next": "section_next",
    "none": "none",
}


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A sentence or table row of an indexed article.

    `section` is the number of the section it stands in (`S09`, also for a table row) and `heading` that
    section's heading. `citations` are the sentence's own reference numbers, `citations_inherited` those of
    the later sentence that `inheritance` speaks of, where it has none of its own. `has_number` says whether
    it reports a number: such a sentence cannot be left without a claim, and there is no text to look into.
    """

    locator: str
    section: str
    heading: str
    citations: tuple[int, ...]
    citations_inherited: tuple[int, ...]
    inheritance: Inheritance
    sha256: str
    has_number: bool = False


def index_article(source: str) -> tuple[IndexRow, ...]:
    """Index an article's text: one row a sentence, in order; empty where it has no sentence.

    >>> [row.locator for row in index_article("## Abstract\\n\\nLunite is rare. It melts.")]
    ['S01.P01.N01', 'S01.P01.N02']
    """
    return tuple(
        IndexRow(
            each.locator,
            each.section_number,
            each.heading,
            each.citations,
            each.citations_inherited,
            each.inheritance,
            sentence_hash(each.text),
            holds_number(each.text),
        )
        for each in split_article(source)
    )


# What a numeral names rather than counts: "Table 2", "type 2", "growth factor 1".
_NAMED = (
    r"(?:tables?|figures?|figs?\.?|types?|groups?|class(?:es)?|stages?|phases?|grades?|receptors?|factors?)"
)
_NAMING = re.compile(
    rf"\b{_NAMED}\s+(?:\d+\s*(?:,|and|or|/)\s*)*(?:(?:and|or)\s+{_NAMED}\s+)?$", re.IGNORECASE
)
_NUMERAL = re.compile(
    r"(?<![\w.,/–-])(?:[<>≤≥~≈±]\s?)?\d+(?:[.,]\d+)*(?!\w|[-–][A-Za-z])"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten)fold\b"
    r"|\b(?:one|two|three)-(?:third|half|quarter|fourth|fifth)s?\b",
    re.IGNORECASE,
)


def holds_number(text: str) -> bool:
    """Whether a sentence reports a number: digits, a "-fold" or a fraction, and not a part of a name.

    >>> [holds_number(each) for each in ("It fell by 42%.", "It rose twofold.", "IL-6 in type 2 diabetes.")]
    [True, True, False]
    """
    return any(not _NAMING.search(text[: match.start()]) for match in _NUMERAL.finditer(text))


def read_index(path: Path) -> tuple[IndexRow, ...]:
    """Read a sentences.tsv.

    Raises MgontoError, with file and line, where the file is not there or a row is not what it should be.

    >>> from tempfile import TemporaryDirectory
    >>> rows = index_article("## Abstract\\n\\nLunite is rare.")
    >>> with TemporaryDirectory() as folder:
    ...     write_index(Path(folder) / "sentences.tsv", rows)
    ...     read_index(Path(folder) / "sentences.tsv") == rows
    True
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise MgontoError(
            f"{path} cannot be read: {error.strerror or error}", "make it with: mgonto new ARTICLE FILE"
        ) from None
    except UnicodeDecodeError:
        raise MgontoError(
            f"{path} is not UTF-8 text", "make it again with: mgonto new ARTICLE FILE"
        ) from None
    lines = text.splitlines()
    if not lines or tuple(lines[0].split("\t")) != COLUMNS:
        raise MgontoError(
            f"{path}:1: the header is not that of a sentence index",
            f"the columns are, parted by tabs: {' '.join(COLUMNS)}",
        )
    rows: list[IndexRow] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        row = _read_row(line.split("\t"), f"{path}:{number}")
        if row.locator in seen:
            raise MgontoError(
                f"{path}:{number}: {row.locator} stands already in line {seen[row.locator]}",
                "leave one of the two rows out",
            )
        seen[row.locator] = number
        rows.append(row)
    return tuple(rows)


def write_index(path: Path, rows: Iterable[IndexRow]) -> None:
    """Write a sentences.tsv, whole or not at all. Raises MgontoError where the place cannot be written."""
    lines = ["\t".join(COLUMNS)]
    for row in rows:
        own, inherited = (",".join(map(str, each)) for each in (row.citations, row.citations_inherited))
        heading = " ".join(row.heading.split())
        number = "yes" if row.has_number else ""
        cells = (row.locator, row.section, heading, own, inherited, row.inheritance, number, row.sha256)
        lines.append("\t".join(cells))
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write("\n".join(lines) + "\n")
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise MgontoError(
            f"{path} cannot be written: {error.strerror or error}", "choose a folder that you may write to"
        ) from None


def _read_row(cells: list[str], place: str) -> IndexRow:
    if len(cells) != len(COLUMNS):
        raise MgontoError(
            f"{place}: {len(cells)} cells where {len(COLUMNS)} belong",
            f"part them by single tabs: {' '.join(COLUMNS)}",
        )
    locator, section, heading, own, inherited, inheritance, number, sha256 = cells
    shape = _LOCATOR.fullmatch(locator)
    if shape is None:
        raise MgontoError(f'{place}: "{locator}" is no locator', "write it like S09.P02.N05 or T1.R2")
    if not _SECTION.fullmatch(section) or (shape[1] and shape[1] != section):
        raise MgontoError(f'{place}: "{section}" is not the section of {locator}', "write it like S09")
    if not heading.strip():
        raise MgontoError(f"{place}: the heading is empty", "write the heading of the section")
    for name, value in (("citations", own), ("citations_inherited", inherited)):
        if not _NUMBERS.fullmatch(value):
            raise MgontoError(
                f'{place}: "{value}" is no list of {name}', "write numbers like 2,4,5, or nothing"
            )
    scope = _INHERITANCE.get(inheritance)
    if scope is None:
        raise MgontoError(
            f'{place}: unknown inheritance "{inheritance}"', f"one of: {' '.join(_INHERITANCE)}"
        )
    if (bool(own), bool(inherited)) != (scope == "own", scope not in ("own", "none")):
        raise MgontoError(
            f'{place}: the citations do not fit the inheritance "{inheritance}"',
            "own goes with citations, none with neither, the others with citations_inherited alone",
        )
    if number not in ("", "yes"):
        raise MgontoError(f'{place}: "{number}" in the column number', "write yes, or nothing")
    if not _SHA256.fullmatch(sha256):
        raise MgontoError(f"{place}: the hash is no SHA-256", "64 characters of 0-9 and a-f")
    return IndexRow(locator, section, heading, _split(own), _split(inherited), scope, sha256, number == "yes")


def _split(numbers: str) -> tuple[int, ...]:
    return tuple(int(each) for each in numbers.split(",") if each)
