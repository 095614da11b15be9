"""`reason` finds each seeded mistake, says in words which triple breaks which axiom, and is quick."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest

import mgonto
from mgonto.engine.embedded import read_rdf
from mgonto.errors import UsageError
from mgonto.reasoning import Mistake, Reasoning, java, reason
from mgonto.reasoning.closure import denials, populated
from mgonto.reasoning.hermit import Hermit, HermitFailed, OutOfTime
from mgonto.reasoning.rules import TYPE, Derivation, Fact, Ontology
from mgonto.reasoning.shrink import smallest
from mgonto.reasoning.sources import line_of

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = ROOT / "ontology" / "mgonto.ttl"
KIND_ERRORS = ROOT / "tests" / "ontology" / "kind_errors"
BASE = KIND_ERRORS / "base.ttl"
MISTAKES = Path(__file__).parent / "mistakes"
TEST = "https://w3id.org/mgonto/test/"

#: For each file what the sentence says, and the line of the file that is to blame.
INCONSISTENT = {
    "object_kind": ("the object of 'ameliorates' must be a condition, but ", 10),
    "subject_kind": (
        "the subject of 'cofactor of' must be a molecule, but 'diabetes mellitus' is a cond",
        10,
    ),
    "context_kind": ("what 'in tissue' leads to must be an anatomy, but 'cardiac muscle cell' is a cell", 11),
    "umbrella_kind": ("the subject of 'candidate therapy for' must be an agent, but ", 10),
    "two_kinds": ("'magnesium(2+)' cannot be both a molecule and an intervention", 9),
    "statement_of_pathway": (
        "statement S01.P01.N01.1: the object of 'ameliorates' must be a condition, but "
        "'insulin receptor signaling pathway' is a pathway",
        18,
    ),
    "wrong_range": ("statement S01.P01.N01.1: what 'asserts' leads to must be a proposition, but ", 13),
    "wrong_domain": ("what has 'asserts' must be a statement, but 'magnesium(2+)' is a molecule", 12),
    "denied_kind": (" cannot be both a proposition and a statement", 12),
    "wrong_datatype": ('the sign must be an integer, but "positive" is none', 12),
    "malformed_number": ('"about 12" is no decimal', 13),
    "two_values": ("there is at most one value of 'DOI'", 13),
    "class_in_itself": ("'magnesium(2+)' cannot be a member of itself", 12),
}
UNSATISFIABLE = {
    "empty_class": (
        "IonPathway",
        "'ion pathway' can have no member: it would be both a molecule and a pathway",
        13,
    ),
    "empty_by_parent": (
        "DiabeticMagnesium",
        "'diabetic magnesium' can have no member: it would be both a molecule and a condition",
        13,
    ),
}


def path_of(name: str) -> Path:
    """The file of a seeded mistake."""
    near = MISTAKES / f"{name}.ttl"
    return near if near.exists() else KIND_ERRORS / f"{name}.ttl"


def run(*files: Path, **options: float) -> Reasoning:
    """Reason over the vocabulary and some files: the release would only take longer."""
    return reason(files, bundled=read_rdf(VOCABULARY), **options)  # type: ignore[arg-type]


def blamed(mistakes: Sequence[Mistake], path: Path) -> set[int | None]:
    """The lines of a file that an explanation points at."""
    return {each.line for one in mistakes for each in one.triples if each.file == str(path)}


def test_every_seeded_mistake_has_its_expectation() -> None:
    names = {path.stem for folder in (MISTAKES, KIND_ERRORS) for path in folder.glob("*.ttl")}
    assert names == {*INCONSISTENT, *UNSATISFIABLE, "not_the_same", "base"}


# --- verdicts and their words -----------------------------------------------------------------------------


@pytest.mark.java
def test_sound_claims_are_consistent_and_get_their_types() -> None:
    found = run(BASE)
    assert found.ok and found.confirmed and not found.mistakes
    kinds = {each.type_label for each in found.types if each.individual == f"{TEST}kinds/right/1"}
    assert kinds == {"ameliorates proposition", "information item", "sign bearer"}
    magnesium = {each.type_label for each in found.types if each.individual.endswith("CHEBI_18420")}
    assert magnesium == {"agent", "changeable", "concept", "molecular", "part"}


@pytest.mark.java
@pytest.mark.parametrize("name", INCONSISTENT)
def test_contradiction_is_found_and_explained(name: str) -> None:
    says, line = INCONSISTENT[name]
    found = run(BASE, path_of(name))
    assert not found.consistent and not found.ok
    assert len(found.mistakes) == 1 or name == "malformed_number"
    assert says in found.mistakes[0].says
    assert line in blamed(found.mistakes, path_of(name))
    assert found.mistakes[0].axioms
    assert not found.types, "from a contradiction everything would follow"


@pytest.mark.java
@pytest.mark.parametrize("name", UNSATISFIABLE)
def test_class_without_possible_members_is_found_and_explained(name: str) -> None:
    iri, says, line = UNSATISFIABLE[name]
    found = run(BASE, path_of(name))
    assert found.consistent and not found.ok
    assert found.unsatisfiable == (TEST + iri,)
    assert [each.says for each in found.mistakes] == [says]
    assert line in blamed(found.mistakes, path_of(name))


@pytest.mark.java
def test_contradiction_that_no_rule_sees_is_narrowed_to_the_triples_that_make_it(tmp_path: Path) -> None:
    innocent = tmp_path / "innocent.ttl"
    innocent.write_text("@prefix t: <urn:t/> .\nt:a a t:A .\nt:A a <http://www.w3.org/2002/07/owl#Class> .\n")
    found = run(innocent, path_of("not_the_same"))
    assert not found.consistent
    (mistake,) = found.mistakes
    assert mistake.says == "these cannot be true together with the ontology"
    assert {(each.file, each.line) for each in mistake.triples} == {
        (str(path_of("not_the_same")), 12),
        (str(path_of("not_the_same")), 13),
    }


def written(folder: Path, text: str) -> Path:
    """A small ontology of its own, in a file."""
    path = folder / "small.ttl"
    prefixes = (
        "@prefix t: <urn:t/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    )
    path.write_text(prefixes + text, encoding="utf-8")
    return path


@pytest.mark.java
def test_class_that_only_the_reasoner_sees_to_be_empty(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "t:p a owl:ObjectProperty . t:B a owl:Class ; owl:disjointWith t:C . t:C a owl:Class .\n"
        "t:A a owl:Class ; rdfs:subClassOf\n"
        " [ a owl:Restriction ; owl:onProperty t:p ; owl:someValuesFrom t:B ] ,\n"
        " [ a owl:Restriction ; owl:onProperty t:p ; owl:allValuesFrom t:C ] .\n",
    )
    found = reason([path], bundled=[])
    assert found.consistent and found.unsatisfiable == ("urn:t/A",)


@pytest.mark.java
def test_types_that_need_more_than_rules_are_found_by_the_reasoner(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "t:A a owl:Class ; rdfs:subClassOf t:C . t:B a owl:Class ; rdfs:subClassOf t:C .\n"
        "t:C a owl:Class ; rdfs:subClassOf t:D . t:D a owl:Class .\n"
        "t:x a owl:NamedIndividual , [ a owl:Class ; owl:unionOf ( t:A t:B ) ] .\n",
    )
    # By cases: whichever of A and B it is, it is a C, and hence a D.
    found = reason([path], bundled=[])
    assert found.confirmed
    assert [(each.individual, each.type) for each in found.types] == [
        ("urn:t/x", "urn:t/C"),
        ("urn:t/x", "urn:t/D"),
    ]


@pytest.mark.java
def test_what_is_no_owl_2_dl_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "chain.ttl"
    path.write_text(
        "@prefix mgo: <https://w3id.org/mgonto/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "mgo:promotes owl:propertyChainAxiom ( mgo:inhibits mgo:inhibits ) .\n"
        "mgo:inhibits owl:propertyChainAxiom ( mgo:promotes mgo:inhibits ) .\n",
        encoding="utf-8",
    )
    with pytest.raises(HermitFailed, match="regular"):
        run(path)


@pytest.mark.java
def test_blank_nodes_of_two_files_are_kept_apart(tmp_path: Path) -> None:
    paths = []
    for name in ("Molecule", "Pathway"):
        paths.append(tmp_path / f"{name}.nt")
        paths[-1].write_text(f"_:same <{TYPE}> <https://w3id.org/mgonto/{name}> .\n", encoding="utf-8")
    assert run(*paths).consistent


@pytest.mark.java
def test_time_limit_ends_the_run() -> None:
    with pytest.raises(OutOfTime, match=r"within 0\.01 s"):
        run(BASE, timeout=0.01)


# --- the release ------------------------------------------------------------------------------------------


@pytest.mark.java
def test_release_is_consistent_within_ten_seconds() -> None:
    began = time.process_time()
    found = mgonto.load().reason()
    assert found.ok and found.confirmed and not found.types
    # Of Java's time only the clock tells, and a busy machine's clock tells too much: hence twice ten.
    assert time.process_time() - began < 10
    assert found.seconds < 20


@pytest.mark.java
def test_files_that_were_loaded_are_reasoned_over() -> None:
    found = mgonto.load(KIND_ERRORS / "two_kinds.ttl").reason()
    assert not found.consistent


def test_an_endpoint_is_not_reasoned_over() -> None:
    with pytest.raises(UsageError):
        mgonto.connect("http://127.0.0.1:9/sparql").reason()


# --- the command ------------------------------------------------------------------------------------------


def command(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-m", "mgonto", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, **variables},
        check=False,
    )


@pytest.mark.java
def test_command_explains_and_exits_with_1() -> None:
    done = command("reason", BASE, path_of("statement_of_pathway"))
    assert done.returncode == 1
    first, *rest = done.stdout.splitlines()
    assert first.startswith("statement S01.P01.N01.1: the object of 'ameliorates' must be a condition")
    assert any("statement_of_pathway.ttl:18" in line for line in rest)
    assert done.stderr.startswith("inconsistent: 1 contradiction")


@pytest.mark.java
def test_command_as_json() -> None:
    done = command("reason", BASE, "-f", "json", "-q")
    told = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert told["consistent"] and told["unsatisfiable"] == [] and told["mistakes"] == []
    assert {"individual", "individual_label", "type", "type_label"} == set(told["types"][0])


def test_without_java_two_lines_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(java.NoJava) as caught:
        java.find_java()
    assert "needs Java" in caught.value.message and "\n" not in caught.value.message
    assert caught.value.hint == "pip install 'mgonto[reason]'"


def test_java_home_comes_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("home/bin", "path"):
        (tmp_path / name).mkdir(parents=True)
        program = tmp_path / name / ("java.exe" if os.name == "nt" else "java")
        program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "home"))
    assert Path(java.find_java()).parent == tmp_path / "home" / "bin"
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    assert Path(java.find_java()).parent == tmp_path / "path"


def test_wrong_time_limit_is_a_usage_error() -> None:
    done = command("reason", "--timeout", "0")
    assert done.returncode == 2 and "--timeout" in done.stderr


# --- the parts --------------------------------------------------------------------------------------------

OWL = (
    "@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
)


def derived(turtle: str) -> set[tuple[str, str]]:
    """Individual and class, as the rules derive them, of some Turtle in which `:` is `urn:`."""
    text = OWL + "@prefix : <urn:> . " + turtle
    ontology = Ontology(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))
    return {(one[4:], kind[4:]) for one, kinds in Derivation(ontology).types.items() for kind in kinds}


PROPERTY = ":p a owl:ObjectProperty . "
ON = "owl:onProperty :p ; "


@pytest.mark.parametrize(
    ("turtle", "member"),
    [
        (":A rdfs:subClassOf :B . :B owl:equivalentClass :C . :x a :A .", ("x", "C")),
        (PROPERTY + ":p rdfs:domain :A . :x :p :y .", ("x", "A")),
        (
            PROPERTY + ":q a owl:ObjectProperty ; rdfs:range :A . :p rdfs:subPropertyOf :q . :x :p :y .",
            ("y", "A"),
        ),
        (PROPERTY + f":A owl:equivalentClass [ {ON} owl:hasValue :y ] . :x :p :y .", ("x", "A")),
        (
            PROPERTY + f":A rdfs:subClassOf [ {ON} owl:allValuesFrom :B ] . :x a :A ; :p :y .",
            ("y", "B"),
        ),
        (
            PROPERTY + f"[ {ON} owl:someValuesFrom :B ] rdfs:subClassOf :A . :y a :B . :x :p :y .",
            ("x", "A"),
        ),
        (":A owl:intersectionOf ( :B :C ) . :x a :B , :C .", ("x", "A")),
        (":A owl:unionOf ( :B :C ) . :x a :C .", ("x", "A")),
        (PROPERTY + ":p a owl:SymmetricProperty ; rdfs:domain :A . :x :p :y .", ("y", "A")),
        (PROPERTY + ":q a owl:ObjectProperty ; owl:inverseOf :p ; rdfs:domain :A . :x :p :y .", ("y", "A")),
        (
            PROPERTY + ":p a owl:TransitiveProperty . :A owl:equivalentClass "
            "[ owl:onProperty :p ; owl:hasValue :z ] . :x :p :y . :y :p :z .",
            ("x", "A"),
        ),
        (
            PROPERTY + ":q a owl:ObjectProperty ; owl:propertyChainAxiom ( :p :p ) ; rdfs:domain :A . "
            ":y :p :z . :x :p :y .",
            ("x", "A"),
        ),
    ],
)  # fmt: skip
def test_each_rule_derives_its_membership(turtle: str, member: tuple[str, str]) -> None:
    assert member in derived(turtle)
    assert ("z", "A") not in derived(turtle)


def test_annotations_derive_nothing() -> None:
    assert derived(":p a owl:AnnotationProperty ; rdfs:domain :A . :x :p :y .") == set()


def test_denials_name_only_what_is_not_derived() -> None:
    text = (
        OWL + "@prefix : <urn:> . :A a owl:Class ; rdfs:subClassOf :B . :B a owl:Class . :C a owl:Class ."
        ":x a :A ."
    )
    ontology = Ontology(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))
    made = [str(each.object) for each in denials(ontology, Derivation(ontology), ["urn:x"])]
    assert "<urn:C>" in made and "<urn:A>" not in made and "<urn:B>" not in made


def test_classes_that_no_individual_can_be_in_are_left_out() -> None:
    text = OWL + (
        "@prefix : <urn:> . :p a owl:ObjectProperty ; rdfs:range :Range . :Range a owl:Class ."
        ":A a owl:Class ; rdfs:subClassOf :B . :B a owl:Class . :x a :A . :C a owl:Class ."
        ":Term a owl:Class , :A ; rdfs:subClassOf :Above . :Above a owl:Class ."
        "[ owl:onProperty :p ; owl:hasValue :x ] rdfs:subClassOf :By . :By a owl:Class ."
    )
    ontology = Ontology(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))
    kept = {str(each.subject) for each in populated(ontology)}
    assert {"<urn:A>", "<urn:B>", "<urn:x>", "<urn:Range>", "<urn:By>"} <= kept
    assert not {"<urn:C>", "<urn:Above>"} & kept
    # As an individual the term stays; as a class it goes.
    assert [str(each.object) for each in populated(ontology) if str(each.subject) == "<urn:Term>"] == [
        "<urn:A>"
    ]


@pytest.mark.java
def test_a_missed_type_would_be_noticed() -> None:
    text = OWL + "@prefix : <urn:> . :A a owl:Class ; rdfs:subClassOf :B . :B a owl:Class . :x a :A ."
    ontology = Ontology(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))
    blind = Derivation(ontology)
    blind.types["urn:x"] = {"urn:A": None}
    hermit = Hermit(60)
    assert not hermit.is_consistent([*ontology.logical, *denials(ontology, blind, ["urn:x"])])
    assert hermit.is_consistent([*ontology.logical, *denials(ontology, Derivation(ontology), ["urn:x"])])


def test_trail_leads_back_to_what_was_written() -> None:
    text = OWL + "@prefix : <urn:> . :A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :x a :A ."
    found = Derivation(Ontology(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)))
    trail = found.trail([Fact("urn:x", TYPE, "urn:C")])
    assert [each.value for each in trail] == ["urn:A", "urn:B", "urn:C"]


def test_smallest_part_that_fails_and_its_bound() -> None:
    assert smallest([1, 2, 3, 4, 5], lambda part: 3 in part) == [3]
    tests: list[int] = []

    def fails(part: Sequence[int]) -> bool:
        tests.append(len(part))
        return {3, 77, 90} <= set(part)

    assert {3, 77, 90} <= set(smallest(range(100), fails, runs=7))
    assert len(tests) <= 7


def test_line_of_a_triple_is_where_its_value_stands() -> None:
    text = (
        "@prefix e: <urn:e/> .\n# e:a e:p e:b\ne:x e:p e:b .\ne:a\n    e:p e:bb ;\n    e:p e:b .\n"
        'e:y e:p "text" .\n'
    )

    def line(subject: str, value: ox.NamedNode | ox.Literal) -> int | None:
        triple = ox.Triple(ox.NamedNode(f"urn:e/{subject}"), ox.NamedNode("urn:e/p"), value)
        return line_of(text, triple)

    assert line("a", ox.NamedNode("urn:e/b")) == 6
    assert line("a", ox.NamedNode("urn:e/bb")) == 5
    assert line("y", ox.Literal("text")) == 7
    assert line("unknown", ox.Literal("text")) is None
