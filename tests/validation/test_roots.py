"""One slip is told once, where it was made, with what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mgonto.result.validation import ValidationReport
from mgonto.validation.validate import validate_files

SOUND = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text(encoding="utf-8"))
CLAIM = SOUND["claim in RDF"]["text"]


def told(folder: Path, old: str, new: str, every: bool = False) -> ValidationReport:
    """The report on the sound claim with one thing changed."""
    assert old in CLAIM
    path = folder / "data.ttl"
    path.write_text(CLAIM.replace(old, new), encoding="utf-8")
    return validate_files([path], every=every)


@pytest.mark.parametrize(
    ("old", "new", "hint"),
    [
        ("mgo:subject obo:MONDO_0005252", 'mgo:subject "heart failure"', "MONDO:0005252, heart failure?"),
        ("mgo:subject obo:MONDO_0005252", "mgo:subject obo:mondo_0005252", "MONDO:0005252, heart failure?"),
        ("mgo:relation mgo:HigherIn", "mgo:relation mgo:higherIn", "Did you mean mgo:HigherIn?"),
        ("mgo:stance mgo:Affirmed", "mgo:stance mgo:affirmed", "Did you mean mgo:Affirmed?"),
        ("mgo:statedIn a:S07.P01.N02", "mgo:statedIn a:S07.P01.N99", ""),
        ("mgo:cites a:ref\\/11", "mgo:cites a:ref\\/12", ""),
    ],
)
def test_one_slip_is_one_finding_that_says_what_was_meant(
    tmp_path: Path, old: str, new: str, hint: str
) -> None:
    report = told(tmp_path, old, new)
    (one,) = report.results
    assert one.message.endswith(hint) and one.line is not None
    assert report.following > 0 or "stance" in old


def test_what_follows_is_listed_when_asked_for(tmp_path: Path) -> None:
    change = ("mgo:subject obo:MONDO_0005252", "mgo:subject obo:MONDO_0005009")
    few, all_of = told(tmp_path, *change), told(tmp_path, *change, every=True)
    assert all_of.following == 0 and len(all_of.results) == len(few.results) + few.following
    assert "more that only follow" in few.to_text() and "more that only" not in all_of.to_text()


def test_a_misspelt_property_is_told_with_the_right_one(tmp_path: Path) -> None:
    closed = [
        each for each in told(tmp_path, "mgo:gloss ", "mgo:glos ").results if each.component == "Closed"
    ]
    assert [each.message.rpartition(". ")[2] for each in closed] == ["Did you mean mgo:gloss?"]


def test_a_namespace_that_is_nearly_right_is_the_only_finding(tmp_path: Path) -> None:
    (one,) = told(tmp_path, "@prefix mgo: <https:", "@prefix mgo: <http:").results
    assert (one.line, one.column) == (1, 15) and "write https://w3id.org/mgonto/ for it" in one.message


def test_a_namespace_between_quotes_or_in_a_comment_is_none(tmp_path: Path) -> None:
    new = (
        '# http://w3id.org/mgonto/ is old\n    rdfs:comment "from http://w3id.org/mgonto/x" ;\n    mgo:sign 1'
    )
    assert told(tmp_path, "mgo:sign 1", new).conforms


def test_two_slips_are_two_findings(tmp_path: Path) -> None:
    text = "mgo:subject obo:MONDO_0005009 ; mgo:inTissue obo:UBERON_9999999"
    report = told(tmp_path, "mgo:subject obo:MONDO_0005252", text)
    assert {each.path.rpartition("/")[2] for each in report.results if each.path} == {"subject", "inTissue"}
