"""Check a sentence index against a reader's own copy of the article.

A copy is rarely the one that was indexed: its lines break elsewhere, its quotes are curly, its marks are
gone, a page's head stands in the middle of a sentence. So a sentence counts as found where its hash comes up
anywhere in the copy: first among the sentences that `split_article` makes of it, then among all stretches
of text between places where a sentence may start and end, each read in every way that it can be.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from mgonto.sources.sentences import IndexRow, read_index
from mgonto.sources.text import (
    CITE,
    CITE_END,
    GAP,
    Sentence,
    lines_of,
    mark,
    normalise,
    read_source,
    readings,
    split_article,
    starts_sentence,
)

__all__ = ["Mismatch", "VerifyReport", "verify_file", "verify_text"]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A sentence of the index that the copy does not hold.

    `kind` is "changed" where another sentence stands in its place: then `found` is that sentence, out of the
    copy. It is "missing" where nothing does. (The index holds no text, so it cannot say what stood there.)
    """

    locator: str
    section: str
    heading: str
    kind: Literal["changed", "missing"]
    found: str = ""

    def __str__(self) -> str:
        place = f"{self.locator} ({self.heading})"
        if self.kind == "missing":
            return f"{place}: missing from this copy"
        return f'{place}: changed; this copy says "{self.found}"'


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a check found: the locators that match, in the order of the index, and those that do not."""

    matched: tuple[str, ...]
    mismatches: tuple[Mismatch, ...]

    @property
    def ok(self) -> bool:
        """Whether the index has rows and all of them match."""
        return bool(self.matched) and not self.mismatches


def verify_file(index: Path, copy: Path) -> VerifyReport:
    """Check the index in one file against the copy in another.

    Raises MgontoError where either cannot be read, or the copy is empty, binary or not UTF-8.
    """
    return verify_text(read_index(index), read_source(copy))


def verify_text(rows: Sequence[IndexRow], text: str) -> VerifyReport:
    """Check every row of an index against a copy's text. Raises nothing: an empty copy lacks every sentence.

    >>> from mgonto.sources.sentences import index_article
    >>> rows = index_article("## Abstract\\n\\nLunite is rare. It melts.")
    >>> verify_text(rows, "Lunite is\\nrare. It melts.").ok
    True
    >>> for mismatch in verify_text(rows, "Lunite is rare. It boils.").mismatches:
    ...     print(mismatch)
    S01.P01.N02 (Abstract): changed; this copy says "It boils."
    """
    sentences = split_article(text)
    hashes = [_sha256(each.text) for each in sentences]
    # A sentence said twice needs two places: hashes are counted, not only looked up.
    available = Counter(hashes)
    matched: dict[str, str] = {}  # locator to hash
    for row in rows:
        if available[row.sha256] > 0:
            available[row.sha256] -= 1
            matched[row.locator] = row.sha256
    elsewhere: dict[str, str] = {}  # hash to text, of what only the wider search finds
    # A hash that the split did meet, though not often enough, is not looked for again.
    if missing := [row for row in rows if row.locator not in matched and row.sha256 not in available]:
        elsewhere = _search(text, rows, missing)
        for row in missing:
            if row.sha256 in elsewhere:
                matched[row.locator] = row.sha256
    mismatches = _explain(rows, matched, sentences, hashes, elsewhere)
    return VerifyReport(tuple(row.locator for row in rows if row.locator in matched), mismatches)


# -- the wider search ----------------------------------------------------------------------------------

_LONGEST = 1800  # characters of a sentence
_MOST_STARTS = 24  # places tried before an end, at first
_MOST_STARTS_READ = 12  # and where every reading is tried
_STOP = re.compile(rf"[.!?]+[\"')\]]*(?:{CITE}[^{CITE_END}]*{CITE_END}[\"')\].]*)*")
_STARTS = re.compile(rf"(?:\n|{GAP})[\s{GAP}]*|{_STOP.pattern}\s*")
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}\s+|>\s*|[►•▪●‣◦·*+–-]\s+|\(?\d{1,2}[.)]\s+)")
# A citation whose superscript was lost: digits right after a full stop that follows a letter or a bracket,
# or between a word and its full stop, or at the end of a caption.
_LOST_CITATION = re.compile(
    rf"(?:(?<=[^\W\d_]\.)|(?<=\)\.))\d{{1,3}}(?:[,–-]\d{{1,3}})*(?=\s+[A-Z]|[\s{GAP}]*(?:\n|{GAP}|$))"
    rf"|(?<=[a-z]{{5}})\d{{1,3}}(?:[,–-]\d{{1,3}})*(?=\.|[\s{GAP}]*(?:{GAP}|$))"
)


def _search(text: str, rows: Sequence[IndexRow], missing: Sequence[IndexRow]) -> dict[str, str]:
    """Find the hashes of missing rows anywhere in a text; returns the text that each belongs to.

    The ways grow looser, and each is taken only while there is something left to find.
    """
    known = {row.sha256 for row in rows}
    found: dict[str, str] = {}
    lines = lines_of(text)
    bare = _without_running_heads(lines)
    sentences = {row.sha256 for row in missing if row.locator.startswith("S") or row.locator.endswith(".R0")}
    attempts: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: _stretches(_stream(lines), known),
        lambda: _stretches(_stream(bare), known) if len(bare) < len(lines) else iter(()),
        lambda: _stretches(_LOST_CITATION.sub("", _stream(bare)), known),
        lambda: _interrupted(lines, sentences - found.keys()),
    )
    for attempt in attempts:
        if sentences - found.keys():
            found.update((_sha256(each), each) for each in attempt())
    if cells := {row.sha256 for row in missing if row.locator.startswith("T")} - found.keys():
        found.update(_pick(_table_rows(lines), cells))
    wanted = {row.sha256 for row in missing}
    return {digest: each for digest, each in found.items() if digest in wanted}


def _pick(candidates: Iterable[str], wanted: set[str]) -> Iterator[tuple[str, str]]:
    """The candidates that are wanted, with their hashes, until there are none left to find."""
    left = set(wanted)
    for candidate in candidates:
        digest = _sha256(candidate)
        if digest in left:
            yield digest, candidate
            left.remove(digest)
            if not left:
                return


def _stream(lines: Iterable[str]) -> str:
    """The lines as one marked text; a blank line leaves a gap that a sentence may cross, begin or end at."""
    return mark("\n".join(_LINE_MARK.sub("", line, count=1) if line.strip() else GAP for line in lines))


def _stretches(stream: str, known: set[str]) -> Iterator[str]:
    """The known sentences that stand in a stream, from where one may start to where one may end.

    At first every stretch is read in the likeliest way. No sentence overlaps another, so what is found parts
    the stream, and only what is left over is read in every way.
    """
    starts = _starts(stream)
    ends = sorted({len(stream), *(match.end() for match in _STOP.finditer(stream)), *_gaps(stream)})
    taken: list[tuple[int, int]] = []
    for start, end, text in _scan(stream, known, starts, ends, _MOST_STARTS, 1):
        taken.append((start, end))
        yield text
    low = 0
    for start, end in [*taken, (len(stream), len(stream))]:
        free_starts = starts[bisect_left(starts, low) : bisect_left(starts, start)]
        free_ends = ends[bisect_left(ends, low) : bisect_right(ends, start)]
        for _, _, text in _scan(stream, known, free_starts, free_ends, _MOST_STARTS_READ, None):
            yield text
        low = end


def _scan(
    stream: str, known: set[str], starts: Sequence[int], ends: Sequence[int], most: int, ways: int | None
) -> Iterator[tuple[int, int, str]]:
    """Stretches whose hash is known, in order and none over another: start, end and text of each."""
    low = 0
    for end in ends:
        first = bisect_left(starts, max(low, end - _LONGEST))
        after = bisect_left(starts, end)
        for start in reversed(starts[max(first, after - most) : after]):
            hit = next(
                (text for text in islice(readings(stream[start:end]), ways) if _sha256(text) in known), None
            )
            if hit is not None:
                yield start, end, hit
                low = end
                break


def _starts(stream: str) -> list[int]:
    """Where a sentence may start: at a block; after a stop or at a line, what looks like a beginning."""
    return [
        0,
        *(
            match.end()
            for match in _STARTS.finditer(stream)
            if GAP in match[0] or starts_sentence(stream[match.end() : match.end() + 40])
        ),
    ]


def _gaps(stream: str) -> Iterator[int]:
    return (match.start() for match in re.finditer(GAP, stream))


def _without_running_heads(lines: Sequence[str]) -> list[str]:
    """Leave out lines that come three times or more but for their numbers: heads and feet of pages."""
    shapes = Counter(_shape(line) for line in lines)
    return [line for line in lines if not line.strip() or len(line) > 120 or shapes[_shape(line)] < 3]


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip())


def _interrupted(lines: Sequence[str], wanted: set[str]) -> Iterator[str]:
    """Wanted sentences that go on behind one to three short blocks, such as the foot of a page."""
    groups = [
        "\n".join(group)
        for blank, group in itertools.groupby(lines, key=lambda line: not line.strip())
        if not blank
    ]
    streams = [_stream(group.split("\n")) for group in groups]
    for at, stream in enumerate(streams):
        starts = _starts(stream)[-_MOST_STARTS_READ:]
        for later in range(at + 2, min(at + 5, len(streams))):
            if all(len(groups[between]) < 400 for between in range(at + 1, later)):
                ends = [match.end() for match in _STOP.finditer(streams[later])][:6]
                for start, end in itertools.product(reversed(starts), ends):
                    joined = f"{stream[start:]}\n{streams[later][:end]}"
                    if len(joined) < _LONGEST:
                        yield from (text for text in islice(readings(joined), 30) if _sha256(text) in wanted)


_CELL_GAP = re.compile(r"\t|[^\S\n]*(?<!\\)\|[^\S\n]*|[^\S\n]{2,}")


def _table_rows(lines: Sequence[str]) -> Iterator[str]:
    """Rows of tables whose columns were lost, near the tables' captions.

    Cells stand in one line, parted by wide gaps or by a blank, or each in a line or more of its own.
    """
    near = 0
    kept: list[str] = []
    for line in lines:
        near = 80 if re.match(r"\W*table\s+\w+\W*[.:|–—-]", line, re.IGNORECASE) else near - 1
        kept.append(line.strip() if near > 0 else "")
    plain = [line for line in kept if line]
    for at in range(len(plain)):
        for count in range(1, min(5, len(plain) - at + 1)):
            cells = [
                each for each in _CELL_GAP.split("\n".join(plain[at : at + count])) if each.strip("|\n ")
            ]
            if 0 < len(cells) < 8:
                ways = itertools.product(*(islice(readings(mark(cell.strip("|"))), 6) for cell in cells))
                yield from (" | ".join(way) for way in islice(ways, 200))
    normal = [normalise(line) for line in plain]
    for at in range(len(normal)):
        for count in range(2, min(7, len(normal) - at + 1)):
            window = normal[at : at + count]
            for glue in itertools.product((" | ", " "), repeat=count - 1):
                yield "".join(itertools.chain.from_iterable(zip(window, (*glue, ""), strict=True)))
        for count in range(1, min(4, len(normal) - at + 1)):
            words = " ".join(normal[at : at + count]).split()
            if len(words) <= 40:
                yield from _cut(words)


def _cut(words: Sequence[str]) -> Iterator[str]:
    """A row's words cut into two cells, or three, at each place."""
    for first in range(1, len(words)):
        head, tail = " ".join(words[:first]), words[first:]
        yield f"{head} | {' '.join(tail)}"
        for second in range(1, len(tail)):
            yield f"{head} | {' '.join(tail[:second])} | {' '.join(tail[second:])}"


def _sha256(normal: str) -> str:
    return hashlib.sha256(normal.encode("utf-8")).hexdigest()


# -- what happened -------------------------------------------------------------------------------------


def _explain(
    rows: Sequence[IndexRow],
    matched: dict[str, str],
    sentences: Sequence[Sentence],
    hashes: Sequence[str],
    elsewhere: dict[str, str],
) -> tuple[Mismatch, ...]:
    """Tell of each unmatched row whether another sentence stands between its neighbours, and which."""
    known = {row.sha256 for row in rows}
    surplus: dict[int, str] = {}
    for at, (sentence, digest) in enumerate(zip(sentences, hashes, strict=True)):
        if digest not in known:
            rest = sentence.text
            for text in elsewhere.values():  # two sentences that the split took for one
                rest = rest.replace(text, " ")
            if rest == sentence.text or len(rest.split()) > 2:
                surplus[at] = rest.strip()
    place = {digest: at for at, digest in reversed(list(enumerate(hashes)))}
    for digest, text in elsewhere.items():
        for at, sentence in enumerate(sentences):
            if text in sentence.text or sentence.text in text:
                place[digest] = at
                break
    found: dict[str, int] = {}
    for kind in ("S", "T"):
        of_kind = [row for row in rows if row.locator.startswith(kind)]
        for is_matched, group in itertools.groupby(of_kind, key=lambda row: row.locator in matched):
            if is_matched:
                continue
            gap = list(group)
            at = of_kind.index(gap[0])
            before = place.get(of_kind[at - 1].sha256, -1) if at else -1
            beyond = at + len(gap)
            after = len(sentences)
            if beyond < len(of_kind):
                after = place.get(of_kind[beyond].sha256, after)
            between = [
                each for each in surplus if before <= each <= after and sentences[each].locator[0] == kind
            ]
            found.update(_align(gap, between, sentences))
    return tuple(
        Mismatch(row.locator, row.section, row.heading, "changed", surplus[found[row.locator]])
        if row.locator in found
        else Mismatch(row.locator, row.section, row.heading, "missing")
        for row in rows
        if row.locator not in matched
    )


def _align(gap: Sequence[IndexRow], between: Sequence[int], sentences: Sequence[Sentence]) -> dict[str, int]:
    """Pair the rows of a gap with the sentences that stand there, in order, like citations with like.

    As many pairs as can be; where there are more rows than sentences, same locator and same citations decide.
    """
    if len(gap) * len(between) > 250_000:  # another text altogether: nothing stands in place of anything
        return {}
    # best[i][j]: the best score of the first i rows with the first j sentences
    best = [[0] * (len(between) + 1) for _ in range(len(gap) + 1)]
    for i, row in enumerate(gap, 1):
        for j, at in enumerate(between, 1):
            pair = best[i - 1][j - 1] + _likeness(row, sentences[at])
            best[i][j] = max(best[i - 1][j], best[i][j - 1], pair)
    found: dict[str, int] = {}
    i, j = len(gap), len(between)
    while i and j:
        if best[i][j] == best[i - 1][j - 1] + _likeness(gap[i - 1], sentences[between[j - 1]]):
            found[gap[i - 1].locator] = between[j - 1]
            i, j = i - 1, j - 1
        elif best[i][j] == best[i - 1][j]:
            i -= 1
        else:
            j -= 1
    return found


def _likeness(row: IndexRow, sentence: Sentence) -> int:
    return 100 + 3 * (row.locator == sentence.locator) + 2 * (row.citations == sentence.citations)
