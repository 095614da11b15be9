"""An article's text, made into sentences that can be pointed at without being shipped.

What goes in is the text as a person has it: Markdown from a converter, or plain text from a reader's
program. What comes out is a `Sentence` for each sentence and table row, with a locator (`S09.P02.N05`:
section, paragraph, sentence; `T1.R2`: table, row), its citations, and its text in one canonical form,
whose SHA-256 is all that mgonto keeps of it.

The rules, in the order in which they apply:

1. *Blocks.* Blank lines part blocks: headings (`#`, underlined, or a line all in bold), tables (tabs or
   pipes), table captions, list items, paragraphs. Pictures, rules, page numbers and comments are dropped.
2. *Page joins.* A paragraph that does not end a sentence goes on in the next one, and past a table where
   the next one starts in lower case.
3. *Sections.* The title and what stands before the first section heading, key words, and back matter
   (references, acknowledgements, funding, ...) are left out. Sections count on over all heading levels.
4. *Citations.* A superscript or bracketed list of numbers is a citation and no part of the sentence.
5. *Canonical form.* Marks and mathematics become plain characters; quotes straight; a dash between digits
   is an en dash and any other a hyphen; white space is one blank; Unicode is NFKC.
6. *Sentences* end at a full stop, question or exclamation mark before what can start a sentence, but not
   after an abbreviation or an initial.
7. *Tables.* The caption is row 0; the first row names the columns and is left out; cells join with ` | `.
8. *Inheritance.* A sentence with no citation takes that of the next citing sentence of its paragraph, else
   of its section, else none. Table rows cite for themselves alone.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mgonto.errors import MgontoError

__all__ = ["Inheritance", "Sentence", "normalise", "read_source", "sentence_hash", "split_article"]

Inheritance = Literal["own", "paragraph_next", "section_next", "none"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence or table row of an article, in canonical form.

    `citations` are its own; `citations_inherited` come from a later sentence where it has none of its own,
    and `inheritance` says from how far. `section_number` is the section it stands in, also for a table row.
    """

    locator: str
    section_number: str
    heading: str
    citations: tuple[int, ...]
    citations_inherited: tuple[int, ...]
    inheritance: Inheritance
    text: str


def normalise(text: str) -> str:
    """Return a sentence in canonical form: one line, no marks, no citations, plain quotes and dashes.

    Copies of one sentence that differ in line breaks, quotes, dashes, ligatures, kinds of space or Markdown
    come out alike; a changed word does not. Normalising twice changes nothing.

    >>> normalise("The “lunar”\\xa0ion ( $Lu^{2+}$ ) rose by 5-10%\\nin **all** cells.<sup>[3–5]</sup>")
    'The "lunar" ion (Lu2+) rose by 5–10% in all cells.'
    """
    return next(readings(mark(text)))


def sentence_hash(sentence: str) -> str:
    """Return the SHA-256, in hexadecimal, of a sentence's canonical form.

    >>> sentence_hash("It  rose.") == sentence_hash("It\\nrose.<sup>[1]</sup>")
    True
    >>> sentence_hash("It rose.") == sentence_hash("It fell.")
    False
    """
    return hashlib.sha256(normalise(sentence).encode("utf-8")).hexdigest()


def split_article(source: str) -> tuple[Sentence, ...]:
    """Split an article's text into its sentences and table rows, in order. Empty where there are none.

    >>> for each in split_article("# Lunite\\n\\n## Abstract\\n\\nLunite is rare. It melts.[1]"):
    ...     print(each.locator, each.heading, each.citations, each.citations_inherited, each.text)
    S01.P01.N01 Abstract () (1,) Lunite is rare.
    S01.P01.N02 Abstract (1,) () It melts.
    """
    parts = blocks_of(source)
    sections = _sections(parts) or _sections(parts, keep_front=True)
    found: list[Sentence] = []
    tables: set[int] = set()
    for count, section in enumerate(sections, 1):
        found += _split_section(section, f"S{count:02d}", tables)
    return tuple(found)


def read_source(path: Path) -> str:
    """Return the text of a file that a person gave.

    Raises MgontoError where it is not there, is no file, is not UTF-8 text, or is empty.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise MgontoError(f"there is no file {path}", "give the path of your copy of the article") from None
    except IsADirectoryError:
        raise MgontoError(f"{path} is a folder", "give the path of a file of text") from None
    except OSError as error:
        raise MgontoError(
            f"{path} cannot be read: {error.strerror or error}", "see who may read it, then try again"
        ) from None
    if data.startswith(b"%PDF"):
        raise MgontoError(f"{path} is a PDF", "convert it to text first, for example with pdftotext")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise MgontoError(f"{path} is UTF-16 text", "save it as UTF-8, then try again")
    if b"\0" in data:
        raise MgontoError(f"{path} is not a text file", "give a copy in Markdown or plain text")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise MgontoError(f"{path}:{line}: not UTF-8 text", "save it as UTF-8, then try again") from None
    if not text.strip():
        raise MgontoError(f"{path} is empty", "give a copy that holds the article's text")
    return text


# -- canonical form ------------------------------------------------------------------------------------
#
# `mark` turns raw text into plain characters and leaves private characters where it cannot tell: whether
# there was a blank beside a formula, or whether a hyphen at a line's end belongs to the word. `readings`
# settles them, the likeliest way first; a verifier may try the others. Citations are marked likewise.

CITE, CITE_END = "\ue000", "\ue001"
GAP = "\ue002"  # a blank line, in a stream of several blocks
_MAYBE_NONE, _MAYBE_BLANK, _MAYBE_HYPHEN = "\ue010", "\ue011", "\ue012"
_OPTIONS = {_MAYBE_NONE: ("", " "), _MAYBE_BLANK: (" ", ""), _MAYBE_HYPHEN: ("-", "", "- ")}
_DOUBT = re.compile(f"([{''.join(_OPTIONS)}])")
_MOST_READINGS = 400

_PRIVATE = re.compile(r"[\ue000\ue001\ue010-\ue01f]")
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z]\w*);")
_CHARACTERS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛ʼʹ′`´＇", "'"),
        **dict.fromkeys("“”„‟«»″＂", '"'),
        **dict.fromkeys("˚º", "°"),
        **dict.fromkeys("\v\x85\u2028", "\n"),
        **dict.fromkeys("\f\u2029", "\n\n"),
        **dict.fromkeys("\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff", ""),
    }
)
_SOFT_HYPHEN = re.compile("\u00ad(?:[ \t]*\n[ \t]*)?")
_ODD_SPACE = re.compile(r"[^\S\n\t]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_MATHS = re.compile(r"([ \n]*)(?<![\\$])\$(?![\s$])((?:(?!\n\s*\n)[^$]){1,160}?)(?<![\s\\])\$(?!\d)([ \n]*)")
_MATHS_SUP = re.compile(r"(?:\{\})?\^\s*\{?\s*(\[?[\d\s,;–-]+\]?)\s*\}?")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^()\s]*\)")
_LINK = re.compile(r"\[((?:\\.|[^\[\]\\]|\[[^\[\]]*\])*)\]\((?:#|https?:|\.|/|mailto:)[^()\s]*\)")
_STARS = re.compile(r"(?<![\\*])(\*{1,3})(?=[^\s*])((?:(?!\n\s*\n).)+?)(?<=[^\s\\])\1(?!\*)", re.DOTALL)
_BARS = re.compile(r"(?<![\w\\])(_{1,2})(?=[^\s_])((?:(?!\n\s*\n).)+?)(?<=[^\s\\])\1(?!\w)", re.DOTALL)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!~>|$%&^<'\"])")
_NUMBERS = r"\d{1,3}(?:\s*[,;‐‑‒–—−-]\s*\d{1,3})*"
_SUP = re.compile(rf"<sup>\s*(\[?)\s*({_NUMBERS})\s*\]?\s*</sup>", re.IGNORECASE)
_SUP_MARKDOWN = re.compile(rf"\^(\[?)({_NUMBERS})\]?\^")
_SUP_CHARACTERS = re.compile(r"(?<=[.,;:!?)\"'])[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?:[,⁻–-][⁰¹²³⁴⁵⁶⁷⁸⁹]+)*")
_BRACKETED = re.compile(rf"\[\s*({_NUMBERS})\s*\]")
_CITE_PAIR = re.compile(rf"{CITE}([^{CITE_END}]*){CITE_END}\s*([,;–-]?)\s*{CITE}([^{CITE_END}]*){CITE_END}")
_BEFORE_CITE = re.compile(rf"[\s{GAP}{_MAYBE_NONE}{_MAYBE_BLANK}]+(?={CITE})")
_CITATION = re.compile(rf"{CITE}([^{CITE_END}]*){CITE_END}")
_TAG = re.compile(r"</?(?:sup|sub|b|i|u|em|strong|span|a|p|div|small|font|mark)(?:\s[^<>]*)?>", re.IGNORECASE)
_BEFORE_BARE_SUP = re.compile(r"(?:[.,;:!?)\"'\]]|[^\W\d_]{4})\s*$")

_DASHES = "‐‑‒–—―−-"
_BREAK = rf"[ \t]*\n[\s{GAP}]*"
_DASH_AT_BREAK = re.compile(rf"(?<=\d)[{_DASHES}]{_BREAK}(?=\d)")
_HYPHEN_AT_BREAK = re.compile(rf"(?<=[^\s{_DASHES}])[{_DASHES}]{_BREAK}(?=[\w(])")
_LONE_HYPHEN_AT_BREAK = re.compile(rf"(?<=\s)[{_DASHES}]{_BREAK}(?=\w)")
_SLASH_AT_BREAK = re.compile(rf"(?<=\S)/{_BREAK}(?=\w)")
_DASH_OF_RANGE = re.compile(rf"(?<=\d)[{_DASHES}]+(?=\d)")
_DASH = re.compile(rf"[{_DASHES}]+")
_DASH_ELSEWHERE = re.compile(rf"(?<!\d)[{_DASHES}]+|[{_DASHES}]+(?!\d|[{_DASHES}])")

# Each rule sees single blanks only.
_TIDY = (
    (re.compile(rf" (?=[,;:!?)\]%{CITE}]|\.(?!\d))"), ""),
    (re.compile(r"(?<=[(\[]) "), ""),
    (re.compile(r"(?<=\d) (?=°)"), ""),
    (re.compile(r"(?<=°) (?=[CF]\b)"), ""),
    (re.compile(r"(?<=[≥≤~]) (?=\d)"), ""),
)


def mark(text: str) -> str:
    """Return the text in plain characters, citations marked and doubtful joins left open."""
    text = _ENTITY.sub(lambda match: html.unescape(match[0]), _PRIVATE.sub("", text))
    text = _SOFT_HYPHEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").translate(_CHARACTERS))
    text = _BREAK_TAG.sub(" ", _COMMENT.sub("", _ODD_SPACE.sub(" ", text)))
    text = _MATHS.sub(_plain_maths, text)
    text = _LINK.sub(r"\1", _PICTURE.sub("", text))
    for pattern in (_STARS, _BARS, _STARS, _BARS):  # twice, for emphasis inside emphasis
        text = pattern.sub(r"\2", text)
    text = _ESCAPE.sub(r"\1", text)
    text = _SUP.sub(_cite_superscript, text)
    text = _SUP_MARKDOWN.sub(_cite_superscript, text)
    text = _SUP_CHARACTERS.sub(lambda match: _cite(match[0]), text)
    text = _BRACKETED.sub(lambda match: _cite(match[1]), text)
    text = _BEFORE_CITE.sub("", _TAG.sub("", text))
    while (joined := _CITE_PAIR.sub(_join_citations, text)) != text:
        text = joined
    text = unicodedata.normalize("NFKC", text)
    text = _DASH_AT_BREAK.sub("–", text)
    text = _HYPHEN_AT_BREAK.sub(_MAYBE_HYPHEN, text)
    text = _LONE_HYPHEN_AT_BREAK.sub("-" + _MAYBE_BLANK, text)
    text = _SLASH_AT_BREAK.sub("/" + _MAYBE_NONE, text)
    text = _DASH_OF_RANGE.sub("–", text)
    return _DASH_ELSEWHERE.sub("-", text)


def readings(marked: str) -> Iterator[str]:
    """Yield the ways to settle a marked text, without its citations, the likeliest first.

    All doubts of a kind are settled alike at first, as a converter or a printer does; then one, then two
    of them otherwise. Long before all ways are tried it ends.
    """
    pieces = _DOUBT.split(_CITATION.sub("", marked))
    if len(pieces) == 1:
        yield _tidy(pieces[0])
        return
    doubts = range(1, len(pieces), 2)
    kinds = sorted({pieces[at] for at in doubts})
    bases = [
        dict(zip(kinds, chosen, strict=True)) for chosen in itertools.product(*(_OPTIONS[k] for k in kinds))
    ]
    seen: set[str] = set()
    for others in range(min(len(doubts), 2) + 1):
        for base, places in itertools.product(bases, itertools.combinations(doubts, others)):
            for chosen in itertools.product(*(_OPTIONS[pieces[at]] for at in places)):
                settled = [base.get(piece, piece) if at % 2 else piece for at, piece in enumerate(pieces)]
                for at, choice in zip(places, chosen, strict=True):
                    settled[at] = choice
                text = "".join(settled)
                if text not in seen:
                    seen.add(text)
                    yield _tidy(text)
                    if len(seen) == _MOST_READINGS:
                        return


def _settle(marked: str) -> str:
    """The likeliest reading, citations still marked."""
    for character, (likeliest, *_) in _OPTIONS.items():
        marked = marked.replace(character, likeliest)
    return _tidy(marked)


def _tidy(text: str) -> str:
    text = " ".join(text.replace(GAP, " ").split())
    for pattern, replacement in _TIDY:
        text = pattern.sub(replacement, text)
    return text.strip()


def _cite(numbers: str) -> str:
    plain = unicodedata.normalize("NFKC", numbers)
    return CITE + re.sub(r"\s+", "", _DASH.sub("-", plain.replace("⁻", "-").replace(";", ","))) + CITE_END


def _cite_superscript(match: re.Match[str]) -> str:
    """A superscript list of numbers: a citation in brackets, or after a stop or a word; else an exponent."""
    if match[1] or _BEFORE_BARE_SUP.search(match.string, max(0, match.start() - 8), match.start()):
        return _cite(match[2])
    return match[2]


def _join_citations(match: re.Match[str]) -> str:
    between = "-" if match[2] in ("–", "-") and match[2] else ","
    return f"{CITE}{match[1]}{between}{match[3]}{CITE_END}"


def _numbers(marked: str) -> tuple[int, ...]:
    """The numbers that the marked citations of a text name, ranges written out, in ascending order."""
    found: set[int] = set()
    for match in _CITATION.finditer(marked):
        for part in match[1].split(","):
            ends = [int(each) for each in re.split("[-–]", part) if each]
            if ends:
                found.update(range(ends[0], ends[-1] + 1) if ends[0] <= ends[-1] else ends)
    return tuple(sorted(found))


def _plain_maths(match: re.Match[str]) -> str:
    """Inline mathematics as plain characters.

    Some converters set a blank on both sides of every formula, beside those of the text. Both are taken off
    where one side shows it: two blanks, or one where no text has any (after an opening bracket or a hyphen,
    before a closing bracket, a stop or a hyphen). A line break hides how many blanks there were.
    """
    before, body, after = match[1], match[2], match[3]
    superscript = _MATHS_SUP.fullmatch(body)
    plain = f"<sup>{superscript[1]}</sup>" if superscript else _plain_latex(body)
    if not before or not after:
        return before + plain + after
    left = match.string[match.start() - 1 : match.start()] or "("
    right = match.string[match.end() : match.end() + 1] or ")"
    tight_left, tight_right = left in "([{-–/", right in ")]},.;:-–/%"
    if not (tight_left or tight_right or len(before) > 1 or len(after) > 1):
        return _MAYBE_BLANK + plain + _MAYBE_BLANK
    return _unpadded(before, tight_left) + plain + _unpadded(after, tight_right)


def _unpadded(blanks: str, tight: bool) -> str:
    if "\n" in blanks:
        return _MAYBE_NONE if tight else _MAYBE_BLANK
    return " " if len(blanks) > 1 else _MAYBE_NONE


_LATEX_FONT = re.compile(r"\\(?:(?:math|text)(?:rm|bf|it|sf)|text|rm|bf|it|operatorname|boldsymbol)\s*")
_LATEX_COMMAND = re.compile(r"\\([A-Za-z]+)\s*")
_LATEX_BLANK = re.compile(r"\\[,;: ]|~")
_LATEX = {
    "ge": "≥", "geq": "≥", "geqslant": "≥", "le": "≤", "leq": "≤", "leqslant": "≤", "pm": "±", "times": "×",
    "cdot": "·", "sim": "~", "approx": "≈", "neq": "≠", "circ": "°", "degree": "°", "prime": "'",
    "infty": "∞", "to": "→", "rightarrow": "→", "leftarrow": "←", "uparrow": "↑", "downarrow": "↓",
    "ldots": "...",
}  # fmt: skip


def _plain_latex(body: str) -> str:
    body = _LATEX_BLANK.sub(" ", _LATEX_FONT.sub("", body)).replace("\\!", "")
    body = _LATEX_COMMAND.sub(lambda match: _LATEX.get(match[1]) or _greek(match[1]), body)
    return re.sub(r"\s*[{}^_]\s*|\\(?=\W)", "", body).strip()


def _greek(name: str) -> str:
    """The Greek letter of a LaTeX command, else the command's name."""
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name.removeprefix('var').upper()}")
    except KeyError:
        return name


# -- blocks --------------------------------------------------------------------------------------------

_Kind = Literal["heading", "caption", "table", "item", "paragraph"]


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines of one kind; `text` is raw, without the marks of its kind. Level counts for headings."""

    kind: _Kind
    text: str
    level: int = 0


_ATX = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*$")
_UNDERLINE = re.compile(r"=+|-{3,}")
_BOLD_ONLY = re.compile(r"(\*\*\*?|__)(?!\s)((?:(?!\1).)+?)(?<!\s)\1\s*:?", re.DOTALL)
_CAPTION = re.compile(r"[*_\s]*table\s+(\d+|[IVXLC]+)\b[*_\s]*[.:|–—-]", re.IGNORECASE)
_ITEM = re.compile(r"\s*(?:[►•▪●‣◦·*+–-]|\(?\d{1,2}[.)])\s+(?=\S)")
_FURNITURE = re.compile(
    r"(?:[-*_]\s*){3,}|!\[[^\]]*\]\([^)]*\)|(?:page\s+)?\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?|\{\d+\}-+"
    r"|(?:<[^<>]+>\s*)+",
    re.IGNORECASE,
)
_FRONT_YAML = re.compile(r"---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)

#: Headings that are known without any mark, in a plain text; none of them is an article's title.
_BODY_HEADINGS = frozenset(
    {
        "abstract", "summary", "introduction", "background", "methods", "materials and methods", "results",
        "discussion", "results and discussion", "conclusion", "conclusions",
    }
)  # fmt: skip
#: Headings of what is no part of the argument.
_BACK_MATTER = re.compile(
    r"acknowledge?ments?|(?:conflicts?|declarations?) of (?:competing )?interests?"
    r"|competing (?:financial )?interests?|(?:list of )?abbreviations(?: used)?"
    r"|authors?'? ?s?'? contributions?(?: statement)?|funding.*|financial (?:support|disclosure).*"
    r"|availability of .*|(?:data|code)(?: and (?:materials?|code))? (?:availability|sharing).*"
    r"|ethic(?:s|al)\b.*|(?:informed )?consent\b.*|references?(?: and notes)?|bibliography"
    r"|(?:literature|works) cited|(?:how to )?cite this article.*|how to cite.*|supplement(?:ary|al)\b.*"
    r"|orcid.*|disclosures?|declarations?|publisher's note|about the authors?|author (?:information|details)"
    r"|corresponding author.*|copyright.*|licen[cs]e.*|open access|key ?words?|footnotes"
    r"|additional information|(?:table of )?contents|article info(?:rmation)?"
)
_HEADING_NUMBER = re.compile(r"(?:\d+(?:\.\d+)*\.?|[IVX]+\.)\s+")
_KEY_WORDS = re.compile(r"key ?words?\s*[:-]", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[.!?:][\"')\]]*$")


def lines_of(source: str) -> list[str]:
    """The lines of a text, however they end, without comments and a leading block of YAML."""
    text = source.replace("\r\n", "\n").replace("\r", "\n").translate(_CHARACTERS)
    text = _COMMENT.sub("", _FRONT_YAML.sub("", text, count=1) if _FRONT_YAML.match(text) else text)
    return [line.rstrip() for line in text.split("\n")]


def blocks_of(source: str) -> list[Block]:
    """Part a text into blocks, page furniture left out."""
    groups = [
        list(lines)
        for blank, lines in itertools.groupby(lines_of(source), key=lambda line: not line.strip())
        if not blank
    ]
    groups = [lines for lines in groups if not all(_FURNITURE.fullmatch(line.strip()) for line in lines)]
    found: list[Block] = []
    for lines in groups:
        _read_group(lines, found)
    if any(block.kind == "heading" for block in found):
        return found
    return list(_with_unmarked_headings(found))


def plain_heading(text: str) -> str:
    """A heading as it is shown: canonical, without a colon at the end.

    >>> plain_heading("**Effects of Lunite:**")
    'Effects of Lunite'
    """
    return normalise(text).rstrip(": ")


def _read_group(lines: list[str], found: list[Block]) -> None:
    """Add the blocks of a run of lines with no blank one among them."""
    whole = "\n".join(lines).strip()
    if bold := _BOLD_ONLY.fullmatch(whole):
        if not _CAPTION.match(whole):
            found.append(Block("heading", bold[2], 3))
            return
    elif len(lines) == 1 and _known_heading(whole):
        found.append(Block("heading", whole, 2))
        return
    at = 0
    while at < len(lines):
        line = lines[at]
        start = at
        at += 1
        if heading := _ATX.fullmatch(line):
            found.append(Block("heading", heading[2], len(heading[1])))
        elif at < len(lines) and _UNDERLINE.fullmatch(lines[at].strip()):
            found.append(Block("heading", line, 1 if lines[at].strip()[0] == "=" else 2))
            at += 1
        elif _CAPTION.match(line):
            while at < len(lines) and not _is_row(lines[at]):
                at += 1
            found.append(Block("caption", "\n".join(lines[start:at])))
        elif _is_row(line) and (_after_caption(found) or (at < len(lines) and _is_row(lines[at]))):
            while at < len(lines) and _is_row(lines[at]):
                at += 1
            found.append(Block("table", "\n".join(lines[start:at])))
        elif item := _ITEM.match(line):
            while at < len(lines) and not _ITEM.match(lines[at]) and not _ATX.fullmatch(lines[at]):
                at += 1
            found.append(Block("item", "\n".join([line[item.end() :], *lines[start + 1 : at]])))
        else:
            while at < len(lines) and not (
                _ATX.fullmatch(lines[at])
                or (_is_row(lines[at]) and _is_row(lines[at + 1] if at + 1 < len(lines) else ""))
                or (lines[at - 1].endswith(":") and _ITEM.match(lines[at]))
            ):
                at += 1
            found.append(Block("paragraph", "\n".join(lines[start:at])))


def _after_caption(found: Sequence[Block]) -> bool:
    return bool(found) and found[-1].kind == "caption"


def _is_row(line: str) -> bool:
    stripped = line.strip()
    return "\t" in stripped or (stripped.startswith("|") and stripped.count("|") > 1)


def _known_heading(text: str) -> bool:
    return _bare(text) in _BODY_HEADINGS or _is_back_matter(text)


def _is_back_matter(heading: str) -> bool:
    name = _bare(heading)
    return len(name.split()) <= 8 and name[-1:] != "." and bool(_BACK_MATTER.fullmatch(name))


def _bare(heading: str) -> str:
    return _HEADING_NUMBER.sub("", plain_heading(heading), count=1).casefold()


def _with_unmarked_headings(found: Sequence[Block]) -> Iterator[Block]:
    """Take short lines that end no sentence as headings, the first as title: for a text that marks none."""
    ended, titled = True, False
    for block, after in itertools.zip_longest(found, found[1:]):
        plain = normalise(block.text)
        if (
            block.kind == "paragraph" and ended and after is not None and after.kind == "paragraph"
            and "\n" not in block.text and len(plain.split()) <= 12 and not _ENDS_SENTENCE.search(plain)
            and plain[:1].isupper() and normalise(after.text)[:1].isupper()
        ):  # fmt: skip
            yield Block("heading", block.text, 2 if titled else 1)
            titled = True
            continue
        ended = block.kind != "paragraph" or bool(_ENDS_SENTENCE.search(plain))
        yield block


# -- sections ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Part:
    """A paragraph's raw text, or a table: its caption and its raw rows."""

    table: bool
    text: str = ""
    rows: list[str] = field(default_factory=list)
    joinable: bool = False


@dataclass(slots=True)
class _Section:
    heading: str
    parts: list[_Part] = field(default_factory=list)


def _sections(found: Sequence[Block], keep_front: bool = False) -> list[_Section]:
    """Gather the blocks under the headings that count, without front and back matter.

    With `keep_front` what stands before the first section, or in a text with no heading, counts too.
    """
    sections: list[_Section] = []
    current = _Section("Text") if keep_front else None
    if current:
        sections.append(current)
    skipped: int | None = None
    title = _title(found)
    for at, block in enumerate(found):
        if block.kind == "heading":
            if skipped is not None and block.level > skipped:
                continue
            skipped = block.level if _is_back_matter(block.text) else None
            if block is title and not keep_front:
                continue
            current = _Section(plain_heading(block.text))
            sections.append(current)
        elif skipped is None and current is not None and not _KEY_WORDS.match(normalise(block.text)):
            before_table = at + 1 < len(found) and found[at + 1].kind == "table"
            _add_part(current.parts, block, before_table)
    return [section for section in sections if section.parts]


def _title(found: Sequence[Block]) -> Block | None:
    first = next((block for block in found if block.kind == "heading"), None)
    return first if first and first.level == 1 and not _known_heading(first.text) else None


def article_title(source: str) -> str:
    """The title that a text gives itself, else the empty string."""
    title = _title(blocks_of(source))
    return plain_heading(title.text) if title else ""


def _add_part(parts: list[_Part], block: Block, before_table: bool) -> None:
    last = parts[-1] if parts else None
    if block.kind == "table":
        if last is None or not last.table or last.rows:
            last = _Part(True)
            parts.append(last)
        last.rows = block.text.split("\n")
    elif block.kind == "caption":
        if last and last.table and not last.text and not before_table:
            last.text = block.text
        else:
            parts.append(_Part(True, block.text))
    else:
        joinable = block.kind == "paragraph"
        paragraph = next((part for part in reversed(parts) if not part.table), None)
        if (
            joinable and paragraph and paragraph.joinable and not _ends_sentence(paragraph.text)
            and (paragraph is last or normalise(block.text)[:1].islower())
        ):  # fmt: skip
            paragraph.text += "\n" + block.text
        else:
            parts.append(_Part(False, block.text, joinable=joinable))


def _ends_sentence(raw: str) -> bool:
    return bool(_ENDS_SENTENCE.search(normalise(raw)))


# -- sentences -----------------------------------------------------------------------------------------

#: Abbreviations that never end a sentence, those that do not before a number, and words before an initial.
_ABBREVIATIONS = frozenset(
    {
        "e.g.", "i.e.", "al.", "cf.", "vs.", "viz.", "ca.", "approx.", "resp.", "dr.", "prof.", "mr.", "mrs.",
        "ms.", "st.",
    }
)  # fmt: skip
_BEFORE_NUMBER = frozenset(
    {
        "fig.", "figs.", "tab.", "eq.", "eqs.", "ref.", "refs.", "no.", "nos.", "vol.", "p.", "pp.", "ch.",
        "sec.", "suppl.",
    }
)  # fmt: skip
_BEFORE_NAME = frozenset({"&", "and", "by", "from", "in", "of", "or", "see", "to", "with"})
_STOP = re.compile(rf"[.!?]+[\"')\]]*(?:{CITE}[^{CITE_END}]*{CITE_END}[\"')\].]*)*")
_LAST_WORDS = re.compile(r"(?:(\S+) )?[\"'(\[]*(\S+)$")


def split_sentences(marked: str) -> list[tuple[str, tuple[int, ...]]]:
    """Split a marked paragraph into sentences in canonical form, each with the citations that it carries."""
    text = _settle(marked)
    pieces: list[str] = []
    start = 0
    for stop in _STOP.finditer(text):
        if _is_boundary(text, stop):
            pieces.append(text[start : stop.end()])
            start = stop.end()
    pieces.append(text[start:])
    found: list[tuple[str, tuple[int, ...]]] = []
    for piece in pieces:
        plain, citations = _tidy(_CITATION.sub("", piece)), _numbers(piece)
        if any(character.isalnum() for character in plain):
            found.append((plain, citations))
        elif found and citations:  # a citation on its own belongs to the sentence before it
            found[-1] = (found[-1][0], tuple(sorted({*found[-1][1], *citations})))
    return found


def _is_boundary(text: str, stop: re.Match[str]) -> bool:
    rest = text[stop.end() : stop.end() + 60]
    if not rest.strip():
        return True
    cited = CITE in stop[0]
    if not rest.startswith(" ") and not (cited and rest[0].isupper()):
        return False
    if not starts_sentence(rest.lstrip()):
        return False
    if stop[0] != ".":
        return True
    words = _LAST_WORDS.search(text, max(0, stop.start() - 60), stop.start())
    if words is None:
        return True
    before, word = words[1] or "", _CITATION.sub("", words[2])
    shortened = word.casefold() + "."
    if shortened in _ABBREVIATIONS:
        return False
    if shortened in _BEFORE_NUMBER and rest.lstrip()[0].isdigit():
        return False
    if len(word) == 1 and word.isupper():
        # "vitamin D. The" ends a sentence; "by J. Smith" and "J. R. Smith" do not.
        return before[:1].islower() and before not in _BEFORE_NAME
    return True


def starts_sentence(rest: str) -> bool:
    """Whether a sentence can start so: capital, digit, sign, Greek letter, or a name such as mTOR or pH."""
    rest = rest.lstrip("\"'([")
    if not rest:
        return False
    first = rest[0]
    if first.isupper() or first.isdigit() or first in "≥≤~<>" or "\u0370" <= first <= "\u03ff":
        return True
    word = re.split(r"[\s,;]", rest, maxsplit=1)[0]
    return first.islower() and any(character.isupper() for character in word)


def _split_section(section: _Section, number: str, tables: set[int]) -> list[Sentence]:
    """The sentences of a section, table rows in place; `tables` gathers the table numbers given so far."""
    # locator, paragraph (0 in a table), text, citations
    drafts: list[tuple[str, int, str, tuple[int, ...]]] = []
    paragraph = 0
    for part in section.parts:
        if part.table:
            for locator, text, citations in _table_rows(part, tables):
                drafts.append((locator, 0, text, citations))
            continue
        sentences = split_sentences(mark(part.text))
        paragraph += bool(sentences)
        for count, (text, citations) in enumerate(sentences, 1):
            drafts.append((f"{number}.P{paragraph:02d}.N{count:02d}", paragraph, text, citations))

    found: list[Sentence] = []
    in_section: tuple[int, ...] = ()
    in_paragraph: tuple[int, tuple[int, ...]] = (0, ())
    for locator, paragraph, text, citations in reversed(drafts):
        inherited: tuple[int, ...] = ()
        inheritance: Inheritance = "none"
        if citations:
            inheritance = "own"
            if paragraph:
                in_section, in_paragraph = citations, (paragraph, citations)
        elif paragraph and in_paragraph[0] == paragraph:
            inherited, inheritance = in_paragraph[1], "paragraph_next"
        elif paragraph and in_section:
            inherited, inheritance = in_section, "section_next"
        found.append(Sentence(locator, number, section.heading, citations, inherited, inheritance, text))
    return found[::-1]


def _table_rows(part: _Part, tables: set[int]) -> Iterable[tuple[str, str, tuple[int, ...]]]:
    """Locator, text and citations of a table's caption and rows, the row of column names left out."""
    caption = _CAPTION.match(part.text)
    number = int(caption[1]) if caption and caption[1].isdigit() else 0
    if number < 1 or number in tables:
        number = max(tables, default=0) + 1
    tables.add(number)
    if part.text:
        marked = mark(part.text)
        yield f"T{number}.R0", next(readings(marked)), _numbers(marked)
    rows = [cells for cells in map(cells_of, part.rows) if not all(re.fullmatch(r":?-+:?", c) for c in cells)]
    for count, cells in enumerate(rows[1:], 1):
        marked_cells = [mark(cell) for cell in cells]
        text = " | ".join(next(readings(cell)) for cell in marked_cells)
        yield f"T{number}.R{count}", text, _numbers(" ".join(marked_cells))


def cells_of(row: str) -> list[str]:
    """The cells of a table's row, parted by tabs or by pipes.

    >>> cells_of("| Lunite | rises |"), cells_of("Lunite\\trises")
    (['Lunite', 'rises'], ['Lunite', 'rises'])
    """
    stripped = row.strip()
    if "\t" not in stripped or stripped.startswith("|"):
        stripped = re.sub(r"(?<!\\)\|", "\t", stripped.removeprefix("|").removesuffix("|"))
    return [cell.strip() for cell in stripped.split("\t")]
