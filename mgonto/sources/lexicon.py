"""Names to IRIs: what the compiler and a question both do with the word that somebody wrote."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable

from mgonto.errors import AmbiguousTerm, UnknownTerm
from mgonto.names import expand, shrink

__all__ = ["Lexicon", "fold"]

_SPACE = re.compile(r"[\s_]+")
_GREEK = str.maketrans(
    {"α": "alpha", "β": "beta", "γ": "gamma", "κ": "kappa", "δ": "delta", "µ": "mu", "μ": "mu"}
)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


def fold(name: str) -> str:
    """The form in which names are compared: case, Greek letters, dashes and spaces do not matter.

    >>> fold("TNF-α"), fold("Insulin  Resistance")
    ('tnf-alpha', 'insulin resistance')
    """
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

    def __init__(self, entries: Iterable[tuple[str, tuple[tuple[str, ...], ...]]]) -> None:
        self._ranked: list[dict[str, set[str]]] = []
        self._iris: set[str] = set()
        self._spelt: dict[str, str] = {}
        for iri, ranks in entries:
            self._iris.add(iri)
            for rank, names in enumerate(ranks):
                while len(self._ranked) <= rank:
                    self._ranked.append(defaultdict(set))
                for name in names:
                    if name:
                        folded = fold(name)
                        self._ranked[rank][folded].add(iri)
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
                return next(iter(found))
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
        words = fold(text).split()
        best: dict[str, tuple[int, int, str]] = {}
        for rank, names in enumerate(self._ranked):
            for folded, iris in names.items():
                if all(word in folded for word in words):
                    for iri in iris:
                        key = (rank, len(folded), self._spelt[folded])
                        if iri not in best or key < best[iri]:
                            best[iri] = key
        ordered = sorted(best.items(), key=lambda item: (item[1][0] > 0, item[1][1], item[1][2], item[0]))
        return tuple((iri, key[2]) for iri, key in ordered[:limit])
