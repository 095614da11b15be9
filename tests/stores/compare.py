"""What a store holds against the release, whatever its blank nodes are called."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox

from mgonto.graph.loading import release_path
from mgonto.graph.serialise import label_blank_nodes


def canonical(quads: Iterable[ox.Quad]) -> frozenset[str]:
    return frozenset(str(each) for each in label_blank_nodes(quads))


@cache
def the_release() -> frozenset[str]:
    return canonical(ox.parse(path=str(release_path()), format=ox.RdfFormat.TRIG))


def dump(store_url: str) -> frozenset[str]:
    """All that an Oxigraph server holds."""
    request = urllib.request.Request(store_url, headers={"Accept": "application/n-quads"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        return canonical(ox.parse(answer.read(), format=ox.RdfFormat.N_QUADS))
