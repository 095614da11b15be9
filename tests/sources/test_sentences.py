"""The sentence index: written, read back, and refused where it is broken."""

import re
from dataclasses import astuple, replace
from pathlib import Path

import pytest

from mgonto.errors import MgontoError
from mgonto.sources.sentences import COLUMNS, index_article, read_index, write_index

LUNITE = (Path(__file__).parent / "data" / "lunite.md").read_text(encoding="utf-8")
ROWS = index_article(LUNITE)


def line_of(**changes: str) -> str:
    """A sound row as a line, with some cells changed."""
    cells = {
        "locator": "S01.P01.N01",
        "section": "S01",
        "heading": "Abstract",
        "citations": "",
        "citations_inherited": "",
        "inheritance": "none",
        "number": "",
        "sha256": "0" * 64,
    }
    return "\t".join((cells | changes)[name] for name in COLUMNS)


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "sentences.tsv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_what_is_written_is_read_back(tmp_path: Path):
    path = tmp_path / "sentences.tsv"
    write_index(path, ROWS)
    assert read_index(path) == ROWS
    assert [each.name for each in tmp_path.iterdir()] == ["sentences.tsv"]


def test_the_index_holds_no_text(tmp_path: Path):
    path = tmp_path / "sentences.tsv"
    write_index(path, ROWS)
    index = path.read_text(encoding="utf-8")
    for words in ("mineral", "hares", "ringing", "Garden"):
        assert words in LUNITE and words not in index
    assert not any("text" in column for column in COLUMNS)


def test_two_writings_are_alike_to_the_byte(tmp_path: Path):
    write_index(tmp_path / "a.tsv", ROWS)
    write_index(tmp_path / "b.tsv", index_article(LUNITE.replace("\n", "\r\n")))
    assert (tmp_path / "a.tsv").read_bytes() == (tmp_path / "b.tsv").read_bytes()


def test_a_line_break_in_a_heading_does_not_break_the_row(tmp_path: Path):
    path = tmp_path / "sentences.tsv"
    write_index(path, [replace(ROWS[0], heading="An\nodd\theading")])
    assert read_index(path)[0].heading == "An odd heading"


@pytest.mark.parametrize(
    ("lines", "place", "message"),
    [
        ([], 1, "header"),
        (["id\tsection"], 1, "header"),
        (["\t".join(COLUMNS), "S01.P01.N01\tS01"], 2, "2 cells"),
        (["\t".join(COLUMNS), line_of(locator="S1.P1")], 2, "no locator"),
        (["\t".join(COLUMNS), line_of(section="S02")], 2, "not the section"),
        (["\t".join(COLUMNS), line_of(heading=" ")], 2, "heading is empty"),
        (["\t".join(COLUMNS), line_of(citations="1, 2", inheritance="own")], 2, "no list of citations"),
        (["\t".join(COLUMNS), line_of(citations="0", inheritance="own")], 2, "no list of citations"),
        (["\t".join(COLUMNS), line_of(inheritance="section")], 2, "unknown inheritance"),
        (["\t".join(COLUMNS), line_of(inheritance="own")], 2, "do not fit"),
        (["\t".join(COLUMNS), line_of(citations_inherited="3")], 2, "do not fit"),
        (["\t".join(COLUMNS), line_of(sha256="ABC")], 2, "no SHA-256"),
        (["\t".join(COLUMNS), line_of(number="3")], 2, "column number"),
        (["\t".join(COLUMNS), line_of(), line_of()], 3, "already in line 2"),
    ],
)
def test_a_broken_index_is_refused_with_its_place(tmp_path: Path, lines: list[str], place: int, message: str):
    path = written(tmp_path, *lines)
    with pytest.raises(MgontoError, match=re.escape(message)) as caught:
        read_index(path)
    assert caught.value.message.startswith(f"{path}:{place}: ")
    assert caught.value.hint and "\n" not in caught.value.message + caught.value.hint


def test_a_missing_index_and_an_unwritable_place(tmp_path: Path):
    with pytest.raises(MgontoError, match="cannot be read"):
        read_index(tmp_path / "none.tsv")
    with pytest.raises(MgontoError, match="cannot be written"):
        write_index(tmp_path / "no-folder" / "sentences.tsv", ROWS)


def test_the_article_of_the_project_is_indexed_whole(root: Path):
    rows = read_index(root / "evidence" / "foroudastan-2025" / "sentences.tsv")
    assert len(rows) == 215
    assert sum(row.locator.startswith("T") for row in rows) == 11
    assert len({row.sha256 for row in rows}) == 215
    assert [row.section for row in rows] == sorted(row.section for row in rows)
    assert {number for row in rows for number in row.citations} == set(range(1, 27))
    assert max(len(str(cell)) for row in rows for cell in astuple(row)) <= 64


def test_the_index_of_the_project_is_that_of_the_article(article: Path, root: Path):
    rows = read_index(root / "evidence" / "foroudastan-2025" / "sentences.tsv")
    assert index_article(article.read_text(encoding="utf-8")) == rows
