"""Copies of an article that differ in form match; one changed word is one mismatch."""

import random
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mgonto.errors import MgontoError
from mgonto.sources.sentences import index_article, read_index, write_index
from mgonto.sources.text import split_article
from mgonto.sources.verify import verify_file, verify_text

LUNITE_FILE = Path(__file__).parent / "data" / "lunite.md"
LUNITE = LUNITE_FILE.read_text(encoding="utf-8")
ROWS = index_article(LUNITE)
SENTENCES = split_article(LUNITE)


def wrapped(text: str, width: int) -> str:
    """The text with its paragraphs filled anew; headings and tables stay."""
    blocks = re.split(r"\n\s*\n", text)
    return "\n\n".join(
        block
        if "\t" in block or block.lstrip().startswith("#")
        else textwrap.fill(block, width, break_long_words=False)
        for block in blocks
    )


def without_marks(text: str) -> str:
    """The text as a reader's program copies it: citations in brackets, no Markdown, no formulas."""
    text = re.sub(r"</?su[bp]>|\*\*|^#+ ", "", text, flags=re.MULTILINE)
    for marked, plain in (("beta", "β"), ("alpha", "α")):
        text = re.sub(rf" ?\$\\{marked}\$ ?", plain, text)
    return re.sub(r" ?\$(\w+)\^\{2\+\}\$ ?", r"\1²⁺", text)


def without_brackets(text: str) -> str:
    """As without_marks, and every citation nothing but its digits."""
    return without_marks(re.sub(r"<sup>\[([\d,–]+)\]</sup>", r"\1", text))


def with_page_feet(text: str, seed: int) -> str:
    """Every long paragraph broken by the foot of one page and the head of the next."""
    chance = random.Random(seed)
    blocks = []
    for number, block in enumerate(text.split("\n\n")):
        words = block.split(" ")
        if len(words) > 25 and "\t" not in block:
            at = chance.randrange(8, len(words) - 8)
            foot = f"Journal of Made-up Minerals 2031 | {number}\n\nBrook and Dale"
            block = f"{' '.join(words[:at])}\n\n{foot}\n\n{' '.join(words[at:])}"
        blocks.append(block)
    return "\n\n".join(blocks)


def with_pages_parted(text: str, seed: int) -> str:
    """Every long paragraph broken somewhere by a blank line."""
    chance = random.Random(seed)
    blocks = []
    for block in text.split("\n\n"):
        words = block.split(" ")
        if len(words) > 12 and "\t" not in block and "$" not in block:
            at = chance.randrange(3, len(words) - 3)
            block = f"{' '.join(words[:at])}\n\n{' '.join(words[at:])}"
        blocks.append(block)
    return "\n\n".join(blocks)


def hyphenated(text: str, seed: int) -> str:
    """Some long words broken at a line's end."""
    chance = random.Random(seed)
    return re.sub(
        r"\b([a-z]{3})([a-z]{3,})\b",
        lambda match: f"{match[1]}-\n{match[2]}" if chance.random() < 0.15 else match[0],
        text,
    )


FORMS = {
    "as it is": lambda text: text,
    "other line ends": lambda text: text.replace("\n", "\r\n"),
    "curly quotes": lambda text: text.replace(' "', " “").replace('" ', "” ").replace("'", "’"),
    "odd spaces": lambda text: text.replace(" ", "\u00a0"),
    "thin spaces": lambda text: text.replace(" ", "\u2009"),
    "ligatures": lambda text: text.replace("fi", "ﬁ").replace("fl", "ﬂ"),
    "hyphens for dashes": lambda text: text.replace("–", "-"),
    "dashes for hyphens": lambda text: re.sub(r"(?<=[a-zα])-(?=[a-z])", "\u2011", text),
    "long dashes for lone hyphens": lambda text: text.replace(" -such", " –such").replace("is- ", "is– "),
    "soft hyphens": lambda text: re.sub(r"\b([a-z]{4})(?=[a-z]{4})", "\\1\u00ad", text),
    "broken words": lambda text: hyphenated(without_marks(text), 3),
    "no marks": without_marks,
    "no marks, narrow": lambda text: wrapped(without_marks(text), 40),
    "bare citations": without_brackets,
    "no blank lines": lambda text: re.sub(r"\n\s*\n", "\n", without_marks(text)),
    "feet of pages": lambda text: with_page_feet(without_marks(text), 1),
    "pages parted": lambda text: with_pages_parted(text, 1),
    "tables in blanks": lambda text: text.replace("\t", "   "),
    "tables in single blanks": lambda text: text.replace("\t", " "),
    "tables in pipes": lambda text: re.sub(r"^(.*\t.*)$", r"| \1 |", text, flags=re.M).replace("\t", " | "),
    "a cell a line": lambda text: text.replace("\t", "\n"),
    "a cell a paragraph": lambda text: text.replace("\t", "\n\n"),
    "sections in another order": lambda text: "\n## ".join(reversed(re.split(r"\n## ", text))),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_of_another_form_matches(form: str):
    report = verify_text(ROWS, FORMS[form](LUNITE))
    assert [str(each) for each in report.mismatches] == []
    assert report.matched == tuple(row.locator for row in ROWS)
    assert report.ok


@given(st.integers(24, 200))
def test_any_width_of_lines_matches(width: int):
    assert verify_text(ROWS, wrapped(LUNITE, width)).ok


@given(st.integers(0, 10_000))
@settings(max_examples=30)
def test_any_break_of_pages_matches(seed: int):
    assert verify_text(ROWS, with_pages_parted(LUNITE, seed)).ok


@given(st.data())
@settings(max_examples=30)
def test_any_mix_of_spaces_matches(data: st.DataObject):
    spaces = data.draw(st.lists(st.sampled_from(" \u00a0\u2002\u2009\u202f"), min_size=30, max_size=30))
    copy = "".join(spaces[at % 30] if each == " " else each for at, each in enumerate(LUNITE))
    assert verify_text(ROWS, copy).ok


def changed(text: str, sentence: str, chance: random.Random) -> str | None:
    """The text with one word of one sentence changed; None where no word of it can be told apart."""
    words = sentence.split(" ")
    for at in chance.sample(range(len(words)), len(words)):
        around = r"\s+".join(map(re.escape, words[max(0, at - 1) : at + 2]))
        found = list(re.finditer(rf"(?<!\w){around}", text))
        if words[at].isalpha() and len(found) == 1:
            start, end = found[0].span()
            stretch = re.sub(rf"(?<!\w){words[at]}(?!\w)", "Plugh" if at == 0 else "plugh", found[0][0])
            return text[:start] + stretch + text[end:]
    return None


@pytest.mark.parametrize("form", ["as it is", "no marks", "no marks, narrow", "feet of pages"])
@pytest.mark.parametrize(
    "sentence", [each for each in SENTENCES if each.locator[0] == "S"], ids=lambda s: s.locator
)
def test_a_changed_word_is_one_mismatch(form: str, sentence):
    copy = changed(LUNITE, sentence.text, random.Random(7))
    assert copy is not None
    report = verify_text(ROWS, FORMS[form](copy))
    assert [each.locator for each in report.mismatches] == [sentence.locator]
    if form == "as it is":
        assert report.mismatches[0].kind == "changed"
        assert "lugh" in report.mismatches[0].found
        assert report.mismatches[0].heading == sentence.heading


@pytest.mark.parametrize(
    ("old", "new", "locator"),
    [
        ("Small\t~2% ↑", "Small\t~3% ↑", "T1.R2"),
        ("~2% ↑", "~2% ↓", "T1.R2"),
        ("3,100", "3,101", "S02.P01.N01"),
        ("5–8%", "5–9%", "S02.P01.N02"),
        ("≥30", "≤30", "S03.P02.N04"),
        ("did not heed", "did heed", "S04.P01.N01"),
        ("on three waters", "on four waters", "T1.R0"),
    ],
)
def test_a_changed_number_or_sign_is_one_mismatch(old: str, new: str, locator: str):
    assert LUNITE.count(old) == 1
    report = verify_text(ROWS, LUNITE.replace(old, new))
    assert [(each.locator, each.kind) for each in report.mismatches] == [(locator, "changed")]


def test_several_changes_are_told_apart():
    copy = LUNITE.replace("Its colour is blue.", "Its colour is red.").replace(
        "Did anyone expect", "Did you expect"
    )
    report = verify_text(ROWS, copy)
    assert [(each.locator, each.kind, each.found) for each in report.mismatches] == [
        ("S01.P01.N03", "changed", "Its colour is red."),
        ("S04.P01.N02", "changed", "Did you expect them to?"),
    ]


def test_a_sentence_left_out_is_missing():
    report = verify_text(ROWS, LUNITE.replace(" Did anyone expect them to?", ""))
    (mismatch,) = report.mismatches
    assert (mismatch.locator, mismatch.kind, mismatch.found) == ("S04.P01.N02", "missing", "")
    assert str(mismatch) == "S04.P01.N02 (Does lunite pull at the tide?): missing from this copy"


def test_a_sentence_put_in_is_no_mismatch():
    assert verify_text(ROWS, LUNITE.replace("Its colour", "Some say so. Its colour")).ok


def test_a_sentence_said_twice_must_stand_twice():
    source = "## One\n\nIt rang. It fell.\n\n## Two\n\nIt rang. It broke."
    rows = index_article(source)
    assert verify_text(rows, source).ok
    (mismatch,) = verify_text(rows, source.replace("It rang. It broke", "It sang. It broke")).mismatches
    assert (mismatch.locator, mismatch.kind) == ("S02.P01.N01", "changed")


@pytest.mark.parametrize("text", ["", "It is another text. It has two sentences.", "#", "|", "\t"])
def test_another_text_matches_nothing(text: str):
    report = verify_text(ROWS, text)
    assert report.matched == () and len(report.mismatches) == len(ROWS) and not report.ok


def test_files(tmp_path: Path):
    index = tmp_path / "sentences.tsv"
    write_index(index, ROWS)
    assert verify_file(index, LUNITE_FILE).ok
    with pytest.raises(MgontoError):
        verify_file(index, tmp_path / "none.md")


# -- the real article, where the reader has it -----------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_copy_of_the_article_matches(article: Path, root: Path, form: str):
    rows = read_index(root / "evidence" / "foroudastan-2025" / "sentences.tsv")
    report = verify_text(rows, FORMS[form](article.read_text(encoding="utf-8")))
    assert [str(each) for each in report.mismatches] == []
    assert len(report.matched) == 215


@pytest.mark.parametrize("width", [30, 47, 64, 80, 100, 160])
def test_the_article_in_lines_of_any_width_matches(article: Path, root: Path, width: int):
    rows = read_index(root / "evidence" / "foroudastan-2025" / "sentences.tsv")
    assert verify_text(rows, wrapped(article.read_text(encoding="utf-8"), width)).ok


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 215, 15))
def test_a_changed_word_of_the_article_is_one_mismatch(article: Path, root: Path, first: int):
    rows = read_index(root / "evidence" / "foroudastan-2025" / "sentences.tsv")
    text = article.read_text(encoding="utf-8")
    for sentence in split_article(text)[first : first + 15]:
        copy = changed(text, sentence.text, random.Random(first))
        if copy is not None:
            report = verify_text(rows, copy)
            assert [(each.locator, each.kind) for each in report.mismatches] == [
                (sentence.locator, "changed")
            ]
            return
    pytest.skip("no word here that can be told apart")
