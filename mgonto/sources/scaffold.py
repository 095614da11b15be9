"""Start the curation of another article: its folder, its sentence index, an empty key for each sentence."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mgonto.errors import MgontoError
from mgonto.sources.sentences import IndexRow, index_article, write_index
from mgonto.sources.text import article_title, lines_of, normalise, plain_heading

__all__ = ["ListedReference", "find_references", "scaffold_article"]


@dataclass(frozen=True, slots=True)
class ListedReference:
    """An entry of an article's reference list, as far as it can be read; what cannot is the empty string."""

    number: int
    first_author: str = ""
    year: str = ""
    title: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""


def scaffold_article(slug: str, text: str, root: Path) -> tuple[Path, ...]:
    """Make `root`/`slug` for the article whose text is given; return the files made, in order of name.

    There is an article.yaml with what the text tells of the article and its references, a sentences.tsv
    without the text, and a YAML file for each section and table in which every sentence is an empty key.

    Raises MgontoError, and leaves nothing behind, where the name is unfit, the folder is there already, the
    text has no sentence, or the place cannot be written.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as root:
    ...     made = scaffold_article("lunite-2024", "## Abstract\\n\\nLunite is rare.", Path(root))
    ...     print(*(path.name for path in made))
    S01.yaml article.yaml sentences.tsv
    """
    if not re.fullmatch(r"[a-z0-9-]+", slug):
        raise MgontoError(
            f'"{slug}" is no name for an article', "use lower-case letters, digits and hyphens: lunite-2024"
        )
    folder = root / slug
    if folder.exists() or folder.is_symlink():
        raise MgontoError(f"{folder} is there already", "choose another name, or remove the folder first")
    rows = index_article(text)
    if not rows:
        raise MgontoError(
            "the text has no sentences outside its title, front and back matter",
            "give the article as Markdown, with a # before each heading",
        )
    files = {"article.yaml": _record(text, rows)}
    parts: dict[str, list[IndexRow]] = {}
    for row in rows:
        parts.setdefault(row.locator.split(".")[0], []).append(row)
    files |= {f"{part}.yaml": _section(part, of_part) for part, of_part in parts.items()}
    made_root = not root.exists()
    try:
        root.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{slug}.", dir=root))
    except OSError as error:
        raise _cannot_write(root, error) from None
    try:
        for name, content in files.items():
            (draft / name).write_text(content, encoding="utf-8", newline="\n")
        write_index(draft / "sentences.tsv", rows)
        draft.chmod(0o755)
        os.rename(draft, folder)
    except BaseException as error:
        shutil.rmtree(draft, ignore_errors=True)
        if made_root:
            with suppress(OSError):
                root.rmdir()
        if isinstance(error, OSError):
            raise _cannot_write(folder, error) from None
        raise
    return tuple(sorted(folder / name for name in (*files, "sentences.tsv")))


def _cannot_write(place: Path, error: OSError) -> MgontoError:
    return MgontoError(
        f"{place} cannot be written: {error.strerror or error}", "choose a folder that you may write to"
    )


def _section(part: str, rows: Sequence[IndexRow]) -> str:
    """A curation file: every sentence a key, with nothing said yet."""
    heading = rows[0].heading
    lines = [f"# {'Table' if part.startswith('T') else 'Section'} {part}: {heading}", ""]
    lines += [f"{row.locator}: []  # to do" for row in rows]
    return "\n".join(lines) + "\n"


def _record(text: str, rows: Sequence[IndexRow]) -> str:
    """An article.yaml: what the text tells is filled in, the other keys wait behind a number sign."""
    listed = {each.number: each for each in find_references(text)}
    for number in sorted({number for row in rows for number in row.citations} - listed.keys()):
        listed[number] = ListedReference(number)
    lines = [
        "# The bibliographic record of the article. Fill in what waits behind a # and take the # away;",
        "# check what was read from the reference list. `mgonto build` says what is still wrong.",
        _pair("title", article_title(text)),
        *(f"# {key}:" for key in _ARTICLE_KEYS),
        "",
        "references:" if listed else "references: []",
    ]
    for _, each in sorted(listed.items()):
        lines.append(f"  - number: {each.number}")
        for key in ("first_author", "year", "title", "doi", "pmid", "pmcid"):
            value = getattr(each, key)
            if value or key == "title":
                lines.append(f"    {_pair(key, value)}")
        absent = [key for key in ("first_author", "year", "doi", "pmid") if not getattr(each, key)]
        lines += [f"    # {key}:" for key in (*absent, *_REFERENCE_KEYS)]
    return "\n".join(lines) + "\n"


_ABOUT_KEYS = ("species", "population", "intervention", "outcomes", "about_basis")
_RECORD_KEYS = ("authors", "first_author", "journal", "year", "volume", "issue", "pages", "doi", "pmid")
_ARTICLE_KEYS = (*_RECORD_KEYS, "kind", "kind_basis")
_REFERENCE_KEYS = ("journal", "kind", "kind_basis", *_ABOUT_KEYS)


def _pair(key: str, value: str) -> str:
    """A line of YAML; a JSON string is one of YAML too, whatever stands in it."""
    if not value:
        return f"{key}:"
    return f"{key}: {value if key == 'year' else json.dumps(value, ensure_ascii=False)}"


# -- the reference list --------------------------------------------------------------------------------

_LIST_HEADING = re.compile(
    r"(?:\d+\.?\s+)?(?:references?(?: and notes)?|bibliography|literature cited)", re.I
)
_HEADING_MARK = re.compile(r"\s{0,3}#{1,6}\s|\s*\*\*[^*]+\*\*:?\s*$")
_NUMBERED = re.compile(r"\s*\[?\(?(\d{1,3})[.)\]]\s+(?=\S)")
_BULLETED = re.compile(r"\s*[-*•]\s+(?=\S)")
_DOI = re.compile(r"\b(10\.\d{4,9}/[^\s\"<>]+)")
_PMID = re.compile(r"\bPMID:?\s*(\d{1,9})\b", re.I)
_PMCID = re.compile(r"\b(PMC\d{3,9})\b", re.I)
# Surname and initials; others; the title up to its stop; the journal. The year stands before a ; or a stop.
_VANCOUVER = re.compile(r"([^\W\d_][^.,;:]*? [A-Z]{1,4})(?:, [^.]*)?(?: Jr)?\. (.+?)([.?]) (?=[A-Z])")
_YEAR = re.compile(r"\b((?:18|19|20)\d\d)(?=[;.:)]|\s*$)")


def find_references(source: str) -> tuple[ListedReference, ...]:
    """Read the reference list under a heading such as References; empty where there is none.

    An entry begins with its number, or with a bullet that stands for the next number. An entry that a page
    parted after a comma goes on in the next bullet.

    >>> text = "# References\\n\\n1. Doe J, Roe R. On lunite. J Moon. 2021;1:2. doi:10.1000/x.1. PMID: 77"
    >>> for each in find_references(text):
    ...     print(each.number, each.first_author, each.year, each.title, each.doi, each.pmid)
    1 Doe J 2021 On lunite 10.1000/x.1 77
    """
    entries: list[tuple[int, str]] = []
    for line in _list_lines(source):
        given = _NUMBERED.match(line)
        bullet = None if given else _BULLETED.match(line)
        parted = bool(entries) and entries[-1][1].endswith(",")
        if given or (bullet and not parted):
            start = given or bullet
            number = int(given[1]) if given else (entries[-1][0] + 1 if entries else 1)
            entries.append((number, line[start.end() if start else 0 :].strip()))
        elif entries:
            number, text = entries[-1]
            entries[-1] = (number, f"{text} {line[bullet.end() if bullet else 0 :].strip()}")
    found: dict[int, ListedReference] = {}
    for number, text in entries:
        found.setdefault(number, _parse(number, text))
    return tuple(found[number] for number in sorted(found))


def _list_lines(source: str) -> Iterator[str]:
    """The lines under the last heading of a reference list, up to the next heading."""
    lines = lines_of(source)
    heads = [at for at, line in enumerate(lines) if _LIST_HEADING.fullmatch(plain_heading(line.lstrip("# ")))]
    listed: Iterable[str] = lines[heads[-1] + 1 :] if heads else ()
    for line in listed:
        if _HEADING_MARK.match(line):
            return
        if line.strip():
            yield line


def _parse(number: int, raw: str) -> ListedReference:
    text = normalise(raw)
    # Identifiers are read from the raw text: the canonical form turns a hyphen between digits into a dash.
    bare = raw.replace("\\", "")
    doi, pmid, pmcid = _DOI.search(bare), _PMID.search(bare), _PMCID.search(bare)
    entry, year = _VANCOUVER.match(text), _YEAR.search(text)
    return ListedReference(
        number,
        first_author=entry[1] if entry else "",
        year=year[1] if year else "",
        title=(entry[2] + entry[3]).rstrip(".") if entry else "",
        doi=_balanced(doi[1].rstrip(".,;*_")) if doi else "",
        pmid=pmid[1] if pmid else "",
        pmcid=pmcid[1].upper() if pmcid else "",
    )


def _balanced(doi: str) -> str:
    """A DOI without the closing brackets of the sentence around it; its own come in pairs."""
    while doi.endswith((")", "]")) and doi.count("(") + doi.count("[") < doi.count(")") + doi.count("]"):
        doi = doi[:-1].rstrip(".,;")
    return doi
