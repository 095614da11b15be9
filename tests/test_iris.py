"""The redirect file of docs/iris.md leads every IRI of the release to the form that was asked for."""

from __future__ import annotations

import re
from functools import cache

import pyoxigraph as ox
import pytest

from mgonto.names import BASE
from mgonto.resources import data_dir
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "iris.md"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@cache
def rules() -> tuple[tuple[re.Pattern[str] | None, re.Pattern[str], str], ...]:
    """Condition on the Accept header, pattern of the path and target, in the order of the file."""
    block = re.search(r"```apache\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    found, condition = [], None
    for line in block[1].splitlines():
        word, *rest = line.split()[:4] or [""]
        if word == "RewriteCond":
            assert rest[0] == "%{HTTP_ACCEPT}"
            condition = re.compile(rest[1])
        elif word == "RewriteRule":
            assert rest[2] == "[R=303,L]"
            found.append((condition, re.compile(rest[0]), re.sub(r"\$(\d)", r"\\\1", rest[1])))
            condition = None
        else:
            assert not word or word == "#" or line == "RewriteEngine on", line
    return tuple(found)


def redirect(path: str, accept: str) -> str | None:
    """Where Apache would send a request."""
    for condition, pattern, target in rules():
        match = pattern.search(path)
        if match and (condition is None or condition.search(accept)):
            return match.expand(target).removeprefix("https://HOST/")
    return None


@pytest.mark.parametrize(
    ("path", "accept", "target"),
    [
        ("", BROWSER, "docs/ontology.html"),
        ("docs/iris", BROWSER, "docs/iris.html"),
        ("mgonto.owl", BROWSER, "docs/ontology.html"),
        ("mgonto.owl", "application/rdf+xml", "release/mgonto.owl"),
        ("mgonto.owl", "text/turtle", "release/mgonto.ttl"),
        ("mgonto.owl", "*/*", "release/mgonto.owl"),
        ("0.1.0/mgonto.owl", "text/turtle", "0.1.0/mgonto.ttl"),
        ("0.1.0/mgonto.owl", BROWSER, "0.1.0/mgonto.owl"),
        ("MGO_0000101", BROWSER, "docs/data-dictionary.html"),
        ("MGO_0000101", "text/turtle", "release/mgonto.ttl"),
        ("MGO_0000101", "", "release/mgonto.ttl"),
        ("statedIn", "application/ld+json", "release/mgonto.jsonld"),
        ("statement/foroudastan-2025/S09.P02.N05.1", "application/n-triples", "release/mgonto.nt"),
        ("article/foroudastan-2025/ref/14", BROWSER, "docs/data-dictionary.html"),
        ("graph/evidence/foroudastan-2025", "text/turtle", "release/mgonto.trig"),
        ("no/such/thing", BROWSER, None),
    ],
)
def test_a_request_is_sent_to_what_it_asks_for(path: str, accept: str, target: str | None) -> None:
    assert redirect(path, accept) == target


def test_every_iri_of_the_release_is_sent_somewhere() -> None:
    trig = data_dir("release") / "mgonto.trig"
    found = {
        node.value.removeprefix(BASE)
        for quad in ox.parse(path=str(trig), format=ox.RdfFormat.TRIG)
        for node in (quad.subject, quad.predicate, quad.object, quad.graph_name)
        if isinstance(node, ox.NamedNode) and node.value.startswith(BASE)
    }
    assert len(found) > 1000
    for accept in (BROWSER, "text/turtle", "*/*"):
        assert [path for path in sorted(found) if not redirect(path, accept)] == []


def test_the_page_says_that_nothing_resolves_yet() -> None:
    assert "None of them resolves yet" in PAGE.read_text(encoding="utf-8")
