"""Names to IRIs: what the compiler and a question both do with the word that somebody wrote."""

from __future__ import annotations

import difflib
import heapq
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from mgonto.errors import AmbiguousTerm, UnknownTerm
from mgonto.names import expand, shrink

__all__ = ["Lexicon", "fold"]

_SPACE = re.compile(r"[\s_]+")
_GREEK = str.maketrans(
    {"α": "alpha", "β": "beta", "γ": "gamma", "κ": "kappa", "δ": "delta", "µ": "mu", "μ": "mu"}
)
#: So few names are looked at one by one.
_FEW = 1000
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


def fold(name: str) -> str:
    """The form in which names are compared: case, Greek letters, dashes and spaces do not matter.

    >>> fold("TNF-α"), fold("Insulin  Resistance")
    ('tnf-alpha', 'insulin resistance')
    """
    if name.isascii() and "_" not in name:  # as most are
        return " ".join(name.split()).lower()
    return _SPACE.sub(" ", name.strip().translate(_GREEK).translate(_DASHES)).casefold()


class Lexicon:
    """Finds the IRI of a term by its name, its label, a synonym, its CURIE or its IRI.

    A name wins over a label and a label over a synonym, so a term's own name is never ambiguous because
    another term lists it as a synonym.

    Args:
        entries: one `(iri, names by rank)` a term; the ranks are tuples, best first.

    >>> lexicon = Lexicon([("http://purl.obolibrary.org/obo/CHEBI_18420", (("magnesium",), ("Mg", "Mg2+")))])
    >>> lexicon.resolve("mg2+") == lexicon.resolve("CHEBI:18420")
    True
    """

    def __init__(self, entries: Iterable[tuple[str, Sequence[Sequence[str]]]]) -> None:
        #: For each rank, who is called so: nearly always one.
        self._ranked: list[dict[str, tuple[str, ...]]] = []
        self._iris: set[str] = set()
        self._spelt: dict[str, str] = {}
        for iri, ranks in entries:
            self._iris.add(iri)
            for rank, names in enumerate(ranks):
                if len(self._ranked) <= rank:
                    self._ranked.append({})
                of_rank = self._ranked[rank]
                for name in names:
                    if name:
                        folded = fold(name)
                        known = of_rank.setdefault(folded, (iri,))
                        if iri not in known:
                            of_rank[folded] = (*known, iri)
                        self._spelt.setdefault(folded, name)

    def __contains__(self, iri: object) -> bool:
        return iri in self._iris

    def __len__(self) -> int:
        return len(self._iris)

    def resolve(self, name: str) -> str:
        """The IRI that `name` stands for.

        Raises:
            UnknownTerm: no term has this name; carries suggestions.
            AmbiguousTerm: several terms have it at the same rank; carries their CURIEs.
        """
        text = name.strip().strip("<>")
        for candidate in (text, expand(text)):
            if candidate in self._iris:
                return candidate
        folded = fold(text)
        for names in self._ranked:
            found = names.get(folded)
            if found:
                if len(found) > 1:
                    raise AmbiguousTerm(name, sorted(shrink(iri) for iri in found))
                return found[0]
        raise UnknownTerm(name, self.suggest(text))

    def suggest(self, name: str, limit: int = 3) -> tuple[str, ...]:
        """Up to `limit` names that are spelt like `name`, or that hold its words."""
        folded = fold(name)
        near = difflib.get_close_matches(folded, self._spelt, n=limit, cutoff=0.72)
        if len(near) < limit and len(folded) > 2:
            words = [each for each in self._spelt if folded in each and each not in near]
            near += sorted(words, key=lambda each: (len(each), each))[: limit - len(near)]
        return tuple(self._spelt[each] for each in near)

    def search(self, text: str, limit: int | None = None) -> tuple[tuple[str, str], ...]:
        """`(iri, matched name)` of the terms with a name that holds every word of `text`, best first."""
        best: dict[str, tuple[int, int, str]] = {}
        for folded in self._holding(fold(text).split()):
            for rank, names in enumerate(self._ranked):
                for iri in names.get(folded, ()):
                    key = (rank, len(folded), self._spelt[folded])
                    if iri not in best or key < best[iri]:
                        best[iri] = key

        def place(item: tuple[str, tuple[int, int, str]]) -> tuple[bool, int, str, str]:
            return item[1][0] > 0, item[1][1], item[1][2], item[0]

        found = best.items()
        ordered = sorted(found, key=place) if limit is None else heapq.nsmallest(limit, found, key=place)
        return tuple((iri, key[2]) for iri, key in ordered)

    def _holding(self, words: Sequence[str]) -> Iterable[str]:
        """The folded names that hold every one of some words, whole or in part."""
        if not words:
            return self._spelt
        found: set[str] | None = None
        for word in sorted(words, key=len, reverse=True):
            if found is not None and len(found) <= _FEW:
                return [each for each in found if all(one in each for one in words)]
            holding = {name for at in self._words_with(word) for name in self._names_by_word[at]}
            found = holding if found is None else found & holding
        return found or ()

    def _words_with(self, part: str) -> Iterator[int]:
        """The places of the words that hold a part."""
        at = self._text.find(part)
        while at >= 0:
            place = bisect_right(self._starts, at) - 1
            yield place
            if place + 1 == len(self._starts):
                return
            at = self._text.find(part, self._starts[place + 1])

    @cached_property
    def _by_word(self) -> dict[str, list[str]]:
        """The folded names with each word of theirs: made when first searched, and for all searches."""
        found: dict[str, list[str]] = {}
        for folded in self._spelt:
            for word in set(folded.split()):
                found.setdefault(word, []).append(folded)
        return found

    @cached_property
    def _names_by_word(self) -> list[list[str]]:
        return list(self._by_word.values())

    @cached_property
    def _text(self) -> str:
        """All words, each on a line: to find a part in a text takes less than to look at words in turn."""
        return "\n".join(self._by_word)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each word starts in the text."""
        starts, at = [], 0
        for word in self._by_word:
            starts.append(at)
            at += len(word) + 1
        return starts
