"""The canonical form of a sentence, and how an article is split."""

import hashlib
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mgonto.errors import MgontoError
from mgonto.sources.sentences import read_index
from mgonto.sources.text import mark, normalise, read_source, readings, sentence_hash, split_article

LUNITE = Path(__file__).parent / "data" / "lunite.md"
SENTENCES = split_article(LUNITE.read_text(encoding="utf-8"))

# Locator, own citations, inherited citations, how, and the beginning of the canonical form.
EXPECTED = """
S01.P01.N01 | | | none | Lunite is a mineral
S01.P01.N02 | | | none | It is thought to hold the ion (Lu2+) in
S01.P01.N03 | | | none | Its colour
S02.P01.N01 | | 1 | paragraph_next | Lunite melts at 12.5°C and weighs 3,100 g
S02.P01.N02 | 1 | | own | Between 5–8% of
S02.P01.N03 | 2,3 | | own | The ringing fades
S02.P01.N04 | | 1,3,4,5 | paragraph_next | Makers of bells "borrow" lunite
S02.P01.N05 | 1,3,4,5 | | own | Brook et al. held
S03.P01.N01 | 2 | | own | The ear of
S03.P01.N02 | | 4 | section_next | Traces of β-lunite were
S03.P01.N03 | | 4 | section_next | Whether Dr. Dale or A. Brook saw
S03.P02.N01 | | 4 | paragraph_next | A second look found vitamin D.
S03.P02.N02 | | 4 | paragraph_next | The finding was put
S03.P02.N03 | | 4 | paragraph_next | Hares fed on TNF-α and H2O heard
S03.P02.N04 | 4 | | own | mTide, a measure of ebb, rose by ≥30 mg/day.
S04.P01.N01 | | 5 | paragraph_next | Tides did
S04.P01.N02 | | 5 | paragraph_next | Did anyone
S04.P01.N03 | 5 | | own | A pull of 40 units
S04.P01.N04 | | | none | Table 1 lists
T1.R0 | 5 | | own | Table 1. Pull of lunite on three waters
T1.R1 | | | none | Salt sea | None | 0% ↓
T1.R2 | | | none | Sweet lake | Small | ~2% ↑
T1.R3 | | | none | Garden pond | Great (by night) | 35% ↑
S05.P01.N01 | | 6 | paragraph_next | Sleepers
S05.P01.N02 | 6 | | own | This may be chance.
S06.P01.N01 | | | none | Keep lunite
""".strip().splitlines()


def test_locators_citations_and_inheritance_of_a_whole_text():
    found = [
        " | ".join(
            (
                each.locator,
                ",".join(map(str, each.citations)),
                ",".join(map(str, each.citations_inherited)),
                each.inheritance,
                each.text,
            )
        )
        for each in SENTENCES
    ]
    assert len(found) == len(EXPECTED)
    for line, expected in zip(found, EXPECTED, strict=True):
        assert re.sub(r" +", " ", line).startswith(expected)


def test_headings_are_plain_and_a_table_row_tells_its_section():
    headings = {each.section_number: each.heading for each in SENTENCES}
    assert list(headings.values()) == [
        "Abstract",
        "Introduction",
        "Lunite in the ear",
        "Does lunite pull at the tide?",
        "Lunite and sleep",
        "Points for practice",
    ]
    assert {each.section_number for each in SENTENCES if each.locator.startswith("T")} == {"S04"}


def test_a_sentence_broken_over_a_page_is_one():
    assert "days on end" in next(each.text for each in SENTENCES if each.locator == "S02.P01.N03")


@pytest.mark.parametrize("word", ["Brook A", "thank", "declined", "Keywords", "Received", "Nowhere"])
def test_front_and_back_matter_are_left_out(word: str):
    assert not any(word in each.text for each in SENTENCES)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("“It’s” a ‘bell’", "\"It's\" a 'bell'"),
        ("a\u00a0b\u2009c\u202fd\u3000e", "a b c d e"),
        ("the \ufb01rst \ufb02ow e\ufb03cient", "the first flow efficient"),
        ("magne\u00adsium and magne\u00ad\nsium", "magnesium and magnesium"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("1-5% and 1—5% and 1−5%", "1–5% and 1–5% and 1–5%"),
        ("lunite\u2011bound, lunite–bound, lunite—bound", "lunite-bound, lunite-bound, lunite-bound"),
        ("a lunite-\nbound hare", "a lunite-bound hare"),
        ("of 1–\n5 bricks", "of 1–5 bricks"),
        ("in the\n\n  ear", "in the ear"),
        ("Lu²⁺ and Lu<sup>2+</sup> and Lu$^{2+}$", "Lu2+ and Lu2+ and Lu2+"),
        ("10<sup>3</sup> m<sup>2</sup>", "103 m2"),
        ("rings.<sup>1,2</sup>", "rings."),
        ("rings.<sup>[1–3]</sup>", "rings."),
        ("rings [1, 2].", "rings."),
        ("rings.¹⁻³", "rings."),
        ("rings.^1,2^", "rings."),
        ("rings.<sup>[1]</sup><sup>[2]</sup>", "rings."),
        ("rings.[\\[1\\]](#page-3)", "rings."),
        ("rings ([Dale](https://example.org/x) said)", "rings (Dale said)"),
        ("**bold** and *slanted* and __bold__ and ***both***", "bold and slanted and bold and both"),
        ("snake_case_name stays", "snake_case_name stays"),
        ("a &lt; b &amp; c&nbsp;d", "a < b & c d"),
        ("pancreatic  $\\beta$ -cells", "pancreatic β-cells"),
        ("pancreatic $\\beta$-cells", "pancreatic β-cells"),
        ("the level $x$ is", "the level x is"),
        ("rose $\\geq 5$ \\%", "rose ≥5%"),
        ("it cost $5 and $10 more", "it cost $5 and $10 more"),
        ("12.5 °C and 12.5 ºC", "12.5°C and 12.5°C"),
        ("at ≥ 30 mg ( by night )", "at ≥30 mg (by night)"),
        ("[TXA2] stays", "[TXA2] stays"),
    ],
)
def test_canonical_form(written: str, canonical: str):
    assert normalise(written) == canonical


@given(st.text(max_size=80))
def test_any_text_has_a_canonical_form_of_one_line(text: str):
    assert "\n" not in normalise(text)


@pytest.mark.parametrize("sentence", [each.text for each in SENTENCES])
def test_canonical_form_is_stable(sentence: str):
    assert normalise(sentence) == sentence
    assert sentence_hash(sentence) == hashlib.sha256(sentence.encode()).hexdigest()


@given(st.integers(20, 200), st.sampled_from(SENTENCES))
def test_hash_does_not_depend_on_line_breaks(width: int, sentence):
    wrapped = textwrap.fill(sentence.text, width, break_long_words=False, break_on_hyphens=False)
    # A line that ends in a hyphen can be read in more than one way, and a check of a copy tries each.
    assert sentence.text in set(readings(mark(wrapped)))
    if not any(line.endswith("-") for line in wrapped.splitlines()):
        assert sentence_hash(wrapped) == sentence_hash(sentence.text)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("See Fig. 2 for it. Then go.", ["See Fig. 2 for it.", "Then go."]),
        ("Bricks (e.g. Blue ones) ring. So.", ["Bricks (e.g. Blue ones) ring.", "So."]),
        ("Dale et al. Rang it. It rang.", ["Dale et al. Rang it.", "It rang."]),
        ("It was vitamin D. The hare slept.", ["It was vitamin D.", "The hare slept."]),
        ("As J. R. Elm said. Yes.", ["As J. R. Elm said.", "Yes."]),
        ("It rose to 3.5 units. 40 hares left.", ["It rose to 3.5 units.", "40 hares left."]),
        ("It rang. mTide rose. pH fell.", ["It rang.", "mTide rose.", "pH fell."]),
        ('He said "no." Then he left.', ['He said "no."', "Then he left."]),
        ("It rang.[1] It fell.[2]It broke.", ["It rang.", "It fell.", "It broke."]),
        ("Why? Because! Good.", ["Why?", "Because!", "Good."]),
        ("There were none. Of these, 5.", ["There were none.", "Of these, 5."]),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]):
    assert [each.text for each in split_article(f"## Introduction\n\n{text}")] == sentences


def test_a_range_of_citations_is_written_out_and_sorted():
    (sentence,) = split_article("## Introduction\n\nIt rang<sup>[7,2–4]</sup> [12].")
    assert sentence.citations == (2, 3, 4, 7, 12)


def test_no_citation_is_inherited_over_a_heading():
    found = split_article("## One\n\nIt rang.\n\n## Two\n\nIt fell.[1]")
    assert [each.inheritance for each in found] == ["none", "own"]


def test_a_sentence_goes_on_past_a_table():
    text = "## One\n\nIt rang in the\n\nTable 1. Bells\n\nBell\tTone\nOld\tLow\n\nold wall. It fell."
    found = {each.locator: each.text for each in split_article(text)}
    assert found["S01.P01.N01"] == "It rang in the old wall."
    assert found["T1.R1"] == "Old | Low"


def test_a_table_of_pipes():
    text = "## One\n\n| Bell | Tone |\n|---|:-:|\n| Old | Low [3] |\n\n**Table 4.** Bells"
    found = [(each.locator, each.text, each.citations) for each in split_article(text)]
    assert found == [("T4.R0", "Table 4. Bells", ()), ("T4.R1", "Old | Low", (3,))]


def test_page_furniture_does_not_part_a_sentence():
    text = "## One\n\nIt rang in the\n\n7\n\n---\n\n![](page.jpg)\n\n<!-- page 8 -->\n\nold wall."
    assert [each.text for each in split_article(text)] == ["It rang in the old wall."]


def test_list_items_stand_alone():
    text = "## One\n\nBells are:\n\n- old ones;\n- new ones."
    assert [each.text for each in split_article(text)] == ["Bells are:", "old ones;", "new ones."]


def test_headings_of_other_forms():
    text = "A Title\n=====\n\nAda Brook\n\nAbstract\n--------\n\nIt rang.\n\n## 2. Results ##\n\nIt fell.\n"
    assert [(each.heading, each.text) for each in split_article(text)] == [
        ("Abstract", "It rang."),
        ("2. Results", "It fell."),
    ]


def test_plain_text_without_marks():
    blocks = (
        "Lunite and bells",
        "Abstract",
        "It rang.",
        "The old wall",
        "It fell.",
        "References",
        "1. Elm F. Bells.",
    )
    text = "\n\n".join(blocks)
    found = [(each.locator, each.heading, each.text) for each in split_article(text)]
    assert found[0] == ("S01.P01.N01", "Abstract", "It rang.")
    assert all("Elm" not in text for _, _, text in found)


def test_text_under_its_title_alone_counts():
    assert [each.heading for each in split_article("# Lunite\n\nIt rang.\n\n## References\n\n1. Elm.")] == [
        "Lunite"
    ]
    assert [each.text for each in split_article("It rang. It fell.")] == ["It rang.", "It fell."]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# Title only", "## References\n\n1. Elm F. Bells.", "***", "7"]
)
def test_a_text_without_sentences(text: str):
    assert split_article(text) == ()


@given(st.text(alphabet="aB .\n#|\t*[1]-$<>é’", max_size=120))
def test_splitting_never_fails_and_locators_are_unique(text: str):
    locators = [each.locator for each in split_article(text)]
    assert len(set(locators)) == len(locators)


# -- reading -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"%PDF-1.7\n...", "is a PDF"),
        (b"abc\0def", "is not a text file"),
        (b"\xff\xfea\0", "is UTF-16 text"),
        ("a\nb\ncafé".encode("latin-1"), ":3: not UTF-8 text"),
    ],
)
def test_an_unfit_file_is_refused_in_two_lines(tmp_path: Path, content: bytes, message: str):
    path = tmp_path / "copy.md"
    path.write_bytes(content)
    with pytest.raises(MgontoError, match=message) as caught:
        read_source(path)
    assert caught.value.hint and "\n" not in caught.value.message + caught.value.hint


def test_no_file_and_a_folder_are_refused(tmp_path: Path):
    with pytest.raises(MgontoError, match="there is no file"):
        read_source(tmp_path / "none.md")
    with pytest.raises(MgontoError, match="is a folder"):
        read_source(tmp_path)


def test_a_byte_order_mark_is_no_text(tmp_path: Path):
    path = tmp_path / "copy.md"
    path.write_bytes(b"\xef\xbb\xbfIt rang.")
    assert read_source(path) == "It rang."


# -- the real article, where the reader has it ------------------------------------------------------------


def test_every_id_and_hash_of_the_article(article: Path, root: Path):
    rows = read_index(root / "evidence" / "foroudastan-2025" / "sentences.tsv")
    found = split_article(read_source(article))
    assert len(rows) == 215
    assert [
        (
            each.locator,
            each.section_number,
            each.heading,
            each.citations,
            each.citations_inherited,
            each.inheritance,
            sentence_hash(each.text),
        )
        for each in found
    ] == [
        (
            row.locator,
            row.section,
            row.heading,
            row.citations,
            row.citations_inherited,
            row.inheritance,
            row.sha256,
        )
        for row in rows
    ]
