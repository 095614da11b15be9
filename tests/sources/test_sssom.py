"""Reading a table of mappings: what is read, and what is told with its line."""

import pytest

from mgonto.errors import Problem
from mgonto.sources.sssom import COLUMNS, read_mappings
from tests.compiler.demo import MAPPING as ROW

HEAD = """\
#mapping_set_id: https://example.org/set
#mapping_set_version: 0.1
#license: https://creativecommons.org/licenses/by/4.0/
#curie_map:
#  MESH: "http://id.nlm.nih.gov/mesh/"
"""


def table(*rows, head=HEAD, columns=COLUMNS):
    return head + "\n".join("\t".join(line) for line in (columns, *rows)) + "\n"


def cells(**changes):
    return [{**ROW, **changes}.get(column, "") for column in COLUMNS]


def read(tmp_path, text):
    path = tmp_path / "m.sssom.tsv"
    problems: list[Problem] = []
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_mappings(path, problems, "m.sssom.tsv"), problems


def test_a_set_has_its_head_its_prefixes_and_its_rows(tmp_path):
    found, problems = read(tmp_path, table(cells(comment="well known"), [""] * len(COLUMNS)))
    assert problems == []
    assert found.metadata["mapping_set_version"] == "0.1"
    assert found.prefixes == {"MESH": "http://id.nlm.nih.gov/mesh/"} and found.prefix_lines == {"MESH": 5}
    (row,) = found.rows
    assert (row.line, row.subject_id, row.object_label, row.comment) == (
        7,
        "CHEBI:9001",
        "Lunite",
        "well known",
    )


def test_a_file_that_is_not_there_is_an_empty_set(tmp_path):
    problems: list[Problem] = []
    assert read_mappings(tmp_path / "none.sssom.tsv", problems).rows == () and problems == []


MISTAKES = {
    "no text": (b"\xff\xfe", 1, "cannot read the file: it is not UTF-8 text"),
    "head that is no YAML": (table(cells(), head="#a: b: c\n" + HEAD), 1, "the head is no YAML"),
    "head without a licence": (table(cells(), head=HEAD.replace("license", "licence")), 1, "no license"),
    "head without prefixes": (table(cells(), head=HEAD.partition("#curie_map")[0]), 1, "no curie_map"),
    "wrong header": (table(cells(), columns=COLUMNS[1:]), 6, "wrong header"),
    "no table": (HEAD, 5, "wrong header"),
    "cell missing": (table(cells()[1:]), 7, "10 cells in this row"),
    "no predicate": (table(cells(predicate_id="")), 7, "no predicate_id"),
    "quoted cell": (table(cells(object_label='"Lunite"')), 7, "a quotation mark"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_of_form_is_told_with_its_line(tmp_path, name):
    text, line, message = MISTAKES[name]
    _, problems = read(tmp_path, text)
    assert [(each.file, each.line) for each in problems] == [("m.sssom.tsv", line)]
    assert message in problems[0].message and problems[0].hint
