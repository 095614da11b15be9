"""Mutants: the real release with one thing changed, as a slip of a hand or of a script would change it.

Each kind of mutant is a function that changes one place, chosen by a seeded random number. `LEGAL` lists the
kinds whose mutants may survive, each with the reason why no shape can or should tell.
"""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox

from mgonto.names import BASE, PREFIXES

__all__ = ["KINDS", "LEGAL", "Mutant", "World", "make_mutants"]

Node = ox.NamedNode | ox.Literal
Change = tuple[Iterable[ox.Triple], Iterable[ox.Triple]]
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
_XSD = PREFIXES["xsd"]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of the release: what goes and what comes. `derived` is False where it is about edges."""

    kind: str
    number: int
    removed: tuple[ox.Triple, ...]
    added: tuple[ox.Triple, ...]

    @property
    def name(self) -> str:
        """Its kind and number, as tests and tables show it."""
        return f"{self.kind}-{self.number}"

    @property
    def about_edges(self) -> bool:
        """Whether the change is one of the edges themselves, which otherwise follow from the rest."""
        return "edge" in self.kind


@dataclass(slots=True)
class World:
    """The triples of a release by subject, and by property."""

    triples: list[ox.Triple]
    about: dict[ox.NamedNode, list[ox.Triple]] = field(default_factory=lambda: defaultdict(list))
    using: dict[str, list[ox.Triple]] = field(default_factory=lambda: defaultdict(list))
    _classes: dict[str, list[ox.NamedNode]] = field(default_factory=dict)
    _found: dict[tuple[str, str | None], list[ox.Triple]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.triples.sort(key=str)
        for each in self.triples:
            if isinstance(each.subject, ox.NamedNode):
                self.about[each.subject].append(each)
                self.using[each.predicate.value.removeprefix(BASE)].append(each)

    def a(self, kind: str) -> list[ox.NamedNode]:
        """The nodes of a class of the vocabulary."""
        if kind not in self._classes:
            found = [t.subject for t in self.using[_TYPE.value] if t.object == mgo(kind)]
            self._classes[kind] = [each for each in found if isinstance(each, ox.NamedNode)]
        return self._classes[kind]

    def of(self, name: str, record: str | None = None) -> list[ox.Triple]:
        """The triples of a property of the vocabulary, on the records of one class."""
        if (name, record) not in self._found:
            nodes = set(self.a(record)) if record else None
            told = [each for each in self.using[name] if nodes is None or each.subject in nodes]
            self._found[name, record] = told
        return self._found[name, record]

    def statements(self) -> list[ox.NamedNode]:
        """Every statement, the gaps included."""
        return [_iri(each.subject) for each in self.using["asserts"]]

    def values(self, node: ox.NamedNode, name: str) -> list[Node]:
        """The values of a property of the vocabulary."""
        return [
            each.object
            for each in self.about[node]
            if each.predicate.value == BASE + name and isinstance(each.object, (ox.NamedNode, ox.Literal))
        ]

    def terms(self, kind: str) -> list[ox.NamedNode]:
        """The terms of a home kind."""
        return self.a(f"{kind}Concept")


Maker = Callable[[World, random.Random], "Change | None"]
KINDS: dict[str, Maker] = {}
#: Kinds whose mutants may survive, and why that is right; each does, or a test says that it is out of date.
LEGAL = {
    "dropped flag target": "a flag may be about one thing or several: with one fewer it is still a flag",
    "dropped topic": "an absence may have one topic or several: with one fewer it is still an absence",
    "another claim of the same kinds": "a valid claim: only a reader of the sentence can tell",
    "another hash": "a hash of the right form: only a copy of the article can tell (mgonto verify)",
}


def kind(maker: Maker) -> Maker:
    """Register a kind under the name of its function."""
    KINDS[maker.__name__.strip("_").replace("_", " ")] = maker
    return maker


def make_mutants(triples: Iterable[ox.Triple], each: int = 4, seed: int = 5) -> list[Mutant]:
    """So many mutants of every kind that the data allow, the same for the same seed."""
    world = World(list(triples))
    found: list[Mutant] = []
    for name, maker in KINDS.items():
        chance = random.Random(zlib.crc32(name.encode()) + seed)
        seen: set[tuple[object, ...]] = set()
        for _ in range(each * 12):
            if len(seen) == each:
                break
            try:
                change = maker(world, chance)
            except IndexError:  # nothing of the sort in these data to choose from
                change = None
            if change is None:
                continue
            removed, added = (tuple(part) for part in change)
            key = (frozenset(map(str, removed)), frozenset(map(str, added)))
            if key in seen or set(removed) == set(added):
                continue
            seen.add(key)
            found.append(Mutant(name, len(seen), removed, added))
    return found


# -- small words -------------------------------------------------------------------------------------------


def mgo(name: str) -> ox.NamedNode:
    """A node of the vocabulary."""
    return ox.NamedNode(BASE + name)


def _iri(node: object) -> ox.NamedNode:
    assert isinstance(node, ox.NamedNode), f"an IRI belongs here: {node}"
    return node


def typed(text: str, name: str) -> ox.Literal:
    """A literal of a datatype of XML Schema."""
    return ox.Literal(text, datatype=ox.NamedNode(_XSD + name))


def triple(subject: ox.NamedNode, name: str, value: Node) -> ox.Triple:
    """A triple with a property of the vocabulary."""
    return ox.Triple(subject, mgo(name), value)


def _pick(chance: random.Random, found: Sequence[ox.Triple]) -> ox.Triple | None:
    return chance.choice(found) if found else None


def _replace(
    world: World, chance: random.Random, name: str, value: Node, kind_: str | None = None
) -> Change | None:
    """One value of a property becomes another."""
    one = _pick(chance, world.of(name, kind_))
    return ([one], [ox.Triple(one.subject, one.predicate, value)]) if one else None


def _drop(name: str, kind_: str | None = None) -> Maker:
    def maker(world: World, chance: random.Random) -> Change | None:
        one = _pick(chance, world.of(name, kind_))
        return ([one], []) if one else None

    return maker


def _swap(name: str, value: Node, kind_: str | None = None) -> Maker:
    return lambda world, chance: _replace(world, chance, name, value, kind_)


def _add(name: str, value: Node, kind_: str) -> Maker:
    def maker(world: World, chance: random.Random) -> Change | None:
        nodes = world.a(kind_)
        return ([], [triple(chance.choice(nodes), name, value)]) if nodes else None

    return maker


def _double(name: str, kind_: str | None = None) -> Maker:
    """A second value beside the first: another one that the release has for the property."""

    def maker(world: World, chance: random.Random) -> Change | None:
        found = world.of(name, kind_)
        one = _pick(chance, found)
        others = [each.object for each in found if one and each.object != one.object]
        return (
            ([], [ox.Triple(one.subject, one.predicate, chance.choice(others))]) if one and others else None
        )

    return maker


def _retype(name: str, datatype: str, kind_: str | None = None) -> Maker:
    """The same text with another datatype."""

    def maker(world: World, chance: random.Random) -> Change | None:
        one = _pick(chance, world.of(name, kind_))
        if one is None or not isinstance(one.object, ox.Literal):
            return None
        return [one], [ox.Triple(one.subject, one.predicate, typed(one.object.value, datatype))]

    return maker


def _many(**makers: Maker) -> None:
    for name, maker in makers.items():
        KINDS[name.replace("_", " ")] = maker


# -- dropped, doubled, swapped, retyped --------------------------------------------------------------------

_TEXT = "An accident of the keyboard put these words in a place where something quite different belongs."
_many(
    dropped_gloss=_drop("gloss"),
    dropped_stance=_drop("stance"),
    dropped_certainty=_drop("certainty"),
    dropped_claim_kind=_drop("claimKind"),
    dropped_sentence_of_a_statement=_drop("statedIn"),
    dropped_proposition_of_a_statement=_drop("asserts"),
    dropped_order=_drop("orderInSentence"),
    dropped_subject=_drop("subject", "Proposition"),
    dropped_relation=_drop("relation", "Proposition"),
    dropped_object=_drop("object", "Proposition"),
    dropped_sign=_drop("sign", "Proposition"),
    dropped_causal=_drop("causal", "Proposition"),
    dropped_null_kind=_drop("nullKind"),
    dropped_joint_kind=_drop("jointKind"),
    dropped_participant_term=_drop("participantTerm"),
    dropped_reference=_drop("cites"),
    dropped_citation_scope=_drop("citationScope"),
    dropped_evidence_type=_drop("evidenceType"),
    dropped_quantity_role=_drop("quantityRole"),
    dropped_reported_text=_drop("asReported"),
    dropped_locator=_drop("locator"),
    dropped_sentence_hash=_drop("sentenceHash"),
    dropped_section=_drop("inSection"),
    dropped_number_of_a_reference=_drop("number", "Reference"),
    dropped_reference_list=_drop("listedIn"),
    dropped_tension_kind=_drop("tensionKind"),
    dropped_reading_of_a_tension=_drop("reading"),
    dropped_flag_kind=_drop("flagKind"),
    dropped_flag_basis=_drop("flagBasis"),
    dropped_flag_severity=_drop("severity"),
    dropped_flag_target=_drop("about", "CurationFlag"),
    dropped_topic=_drop("topic", "Absence"),
    doubled_gloss=_double("gloss"),
    doubled_stance=_double("stance"),
    doubled_certainty=_double("certainty"),
    doubled_claim_kind=_double("claimKind"),
    doubled_sentence=_double("statedIn"),
    doubled_proposition=_double("asserts"),
    doubled_subject=_double("subject", "Proposition"),
    doubled_relation=_double("relation", "Proposition"),
    doubled_object=_double("object", "Proposition"),
    doubled_sign=_double("sign", "Proposition"),
    doubled_direction=_double("subjectDirection", "Proposition"),
    doubled_role=_double("quantityRole"),
    doubled_value=_double("value", "Quantity"),
    doubled_reference_of_a_line=_double("cites"),
    doubled_locator=_double("locator"),
    doubled_hash=_double("sentenceHash"),
    doubled_severity=_double("severity"),
    swapped_stance_and_certainty=_swap("stance", mgo("Established")),
    swapped_certainty_and_hedge=_swap("certainty", mgo("HedgeMay")),
    swapped_hedge_and_certainty=_swap("hedge", mgo("Suggested")),
    swapped_claim_kind_and_flag_kind=_swap("claimKind", mgo("CausalOverreach")),
    swapped_role_and_statistic=_swap("quantityRole", mgo("MeanStatistic")),
    swapped_scope=_swap("citationScope", mgo("Finding")),
    retyped_gloss=_retype("gloss", "integer"),
    retyped_order=_retype("orderInSentence", "string"),
    retyped_sign=_retype("sign", "decimal", "Proposition"),
    retyped_causal=_retype("causal", "string", "Proposition"),
    retyped_value=_retype("value", "string", "Quantity"),
    retyped_value_as_double=_retype("value", "double", "Quantity"),
    retyped_year=_retype("year", "string"),
    retyped_number=_retype("number", "string", "Reference"),
    retyped_hash=_retype("sentenceHash", "hexBinary"),
    relation_as_text=_swap("relation", ox.Literal("increases"), "Proposition"),
    subject_as_text=_swap("subject", ox.Literal("magnesium"), "Proposition"),
    stance_as_text=_swap("stance", ox.Literal("affirmed")),
    reference_as_text=_swap("cites", ox.Literal("14")),
)

# -- off a closed list, out of range, in the wrong form ----------------------------------------------------

_many(
    misspelt_stance=_swap("stance", mgo("Afirmed")),
    misspelt_certainty=_swap("certainty", mgo("established")),
    misspelt_claim_kind=_swap("claimKind", mgo("Conclusion")),
    misspelt_hedge=_swap("hedge", mgo("HedgePerhaps")),
    misspelt_relation=_swap("relation", mgo("Raises"), "Proposition"),
    edge_property_as_relation=_swap("relation", mgo("inhibits"), "Proposition"),
    unknown_direction=_swap("subjectDirection", mgo("Higher")),
    unknown_aspect=_swap("objectAspect", mgo("Strength")),
    unknown_null_kind=_swap("nullKind", mgo("NoEffect")),
    unknown_joint_kind=_swap("jointKind", mgo("Additive")),
    sign_out_of_range=_swap("sign", typed("2", "integer"), "Proposition"),
    order_of_zero=_swap("orderInSentence", typed("0", "integer")),
    long_gloss=_swap("gloss", ox.Literal(_TEXT + " " + _TEXT)),
    empty_gloss=_swap("gloss", ox.Literal("")),
    gloss_with_white_space=_swap("gloss", ox.Literal("  " + _TEXT + "\n")),
    gloss_in_another_language=_swap("gloss", ox.Literal("Magnesium hebt den Spiegel.", language="de")),
    label_in_another_language=lambda world, chance: _label(world, chance),
    unknown_unit=_swap("unit", ox.Literal("milligrammes")),
    unit_of_spaces=_swap("unit", ox.Literal("mg / dL")),
    unknown_role=_swap("quantityRole", mgo("Dose")),
    malformed_locator=_swap("locator", ox.Literal("9.2.5")),
    malformed_hash=_swap("sentenceHash", ox.Literal("abc123")),
    malformed_doi=_swap("doi", ox.Literal("https://doi.org/10.1000/x")),
    malformed_pmid=_swap("pmid", ox.Literal("PMID:123")),
    malformed_pmcid=_swap("pmcid", ox.Literal("7478262")),
    year_out_of_range=_swap("year", typed("20201", "integer")),
    reference_of_number_zero=_swap("number", typed("0", "integer"), "Reference"),
    negative_sample=_swap("participants", typed("-3", "integer")),
    unknown_severity=_swap("severity", mgo("Grave")),
    unknown_flag_kind=_swap("flagKind", mgo("Wrong")),
)


def _label(world: World, chance: random.Random) -> Change | None:
    found = [t for t in world.using[PREFIXES["rdfs"] + "label"] if t.subject in set(world.terms("Molecule"))]
    one = _pick(chance, found)
    if one is None or not isinstance(one.object, ox.Literal):
        return None
    return [one], [ox.Triple(one.subject, one.predicate, ox.Literal(one.object.value, language="fr"))]


@kind
def _low_above_high(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, [t for t in world.of("low") if world.values(_iri(t.subject), "high")])
    return ([one], [ox.Triple(one.subject, one.predicate, typed("999999", "decimal"))]) if one else None


@kind
def _value_above_high(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, [t for t in world.of("high")])
    if one is None or world.values(_iri(one.subject), "value"):
        return None
    return [], [triple(_iri(one.subject), "value", typed("999999", "decimal"))]


@kind
def _percentage_out_of_range(world: World, chance: random.Random) -> Change | None:
    nodes = {t.subject for t in world.of("statistic") if t.object == mgo("PercentageStatistic")}
    one = _pick(chance, [t for t in world.of("value", "Quantity") if t.subject in nodes])
    return ([one], [ox.Triple(one.subject, one.predicate, typed("250", "decimal"))]) if one else None


@kind
def _value_without_unit(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, [t for t in world.of("unit") if world.values(_iri(t.subject), "value")])
    return ([one], []) if one else None


@kind
def _value_and_not_reported(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, world.of("value", "Quantity"))
    return ([], [triple(_iri(one.subject), "valueStatus", mgo("NotReported"))]) if one else None


@kind
def _quantity_of_nothing(world: World, chance: random.Random) -> Change | None:
    node = chance.choice(world.a("Quantity"))
    kept = {_TYPE.value, BASE + "quantityRole"}
    return [t for t in world.about[node] if t.predicate.value not in kept], []


# -- dangling, orphaned, undeclared ------------------------------------------------------------------------

_NOWHERE = BASE + "article/foroudastan-2025/"
_many(
    dangling_sentence=_swap("statedIn", ox.NamedNode(_NOWHERE + "S99.P01.N01")),
    dangling_proposition=_swap("asserts", mgo("proposition/00000000000000000000")),
    dangling_reference=_swap("cites", ox.NamedNode(_NOWHERE + "ref/99")),
    dangling_section=_swap("inSection", ox.NamedNode(_NOWHERE + "S99")),
    dangling_citation_of_a_sentence=_swap("sentenceCites", ox.NamedNode(_NOWHERE + "ref/99")),
    dangling_alternative=_swap("alternativeTo", mgo("statement/foroudastan-2025/S99.P01.N01.1")),
    dangling_hop=_swap("nextInChain", mgo("statement/foroudastan-2025/S99.P01.N01.1")),
    dangling_tension=_swap("between", mgo("statement/foroudastan-2025/S99.P01.N01.1")),
    dangling_flag=_swap("about", mgo("statement/foroudastan-2025/S99.P01.N01.1"), "CurationFlag"),
    dangling_participant=_swap("subjectJointWith", mgo("participant/00000000000000000000")),
    dangling_state=_swap("stateOf", mgo("MGO_0999999")),
    orphaned_evidence_line=_drop("hasEvidenceLine"),
    orphaned_result=_drop("reportsResult"),
    orphaned_quantity=_drop("hasQuantity"),
    undeclared_subject=_swap("subject", ox.NamedNode(PREFIXES["CHEBI"] + "9999999"), "Proposition"),
    undeclared_object=_swap("object", mgo("MGO_0999999"), "Proposition"),
    undeclared_tissue=_swap("inTissue", ox.NamedNode(PREFIXES["UBERON"] + "9999999")),
    undeclared_design=_swap("studyDesign", ox.NamedNode(PREFIXES["OBI"] + "9999999")),
)

# -- wrong kind --------------------------------------------------------------------------------------------


def _other_kind(name: str, kinds: Sequence[str], record: str | None = None) -> Maker:
    """A term of a kind that does not belong there."""

    def maker(world: World, chance: random.Random) -> Change | None:
        one = _pick(chance, world.of(name, record))
        terms = [each for each_kind in kinds for each in world.terms(each_kind)]
        return ([one], [ox.Triple(one.subject, one.predicate, chance.choice(terms))]) if one else None

    return maker


_many(
    subject_of_a_wrong_kind=_other_kind("subject", ("Organism", "Population", "StudyDesign"), "Proposition"),
    object_of_a_wrong_kind=_other_kind("object", ("Organism", "StudyDesign", "EvidenceType"), "Proposition"),
    tissue_of_a_wrong_kind=_other_kind("inTissue", ("Molecule", "Condition")),
    cell_of_a_wrong_kind=_other_kind("inCell", ("Anatomy", "Process")),
    species_of_a_wrong_kind=_other_kind("inSpecies", ("Population", "Condition")),
    population_of_a_wrong_kind=_other_kind("inPopulation", ("Molecule", "Process")),
    stage_of_a_wrong_kind=_other_kind("inStage", ("Molecule", "Anatomy")),
    condition_of_a_wrong_kind=_other_kind("inCondition", ("Organism", "Anatomy")),
    route_of_a_wrong_kind=_other_kind("route", ("Molecule", "Condition")),
    comparison_of_a_wrong_kind=_other_kind("comparedWith", ("Molecule", "Process", "Attribute")),
    mechanism_of_a_wrong_kind=_other_kind("via", ("Organism", "StudyDesign")),
    evidence_type_of_a_wrong_kind=_other_kind("evidenceType", ("Molecule", "StudyDesign")),
    design_of_a_wrong_kind=_other_kind("studyDesign", ("Organism", "Molecule")),
    study_species_of_a_wrong_kind=_other_kind("studySpecies", ("Population", "Molecule")),
    subgroup_of_a_wrong_kind=_other_kind("subgroup", ("Molecule", "Process")),
    participant_of_a_wrong_kind=_other_kind("participantTerm", ("Organism", "StudyDesign")),
    statement_in_a_reference=_swap("statedIn", ox.NamedNode(_NOWHERE + "ref/14")),
    statement_of_a_statement=_swap("asserts", mgo("statement/foroudastan-2025/S09.P02.N05.1")),
    citation_of_a_sentence=_swap("cites", ox.NamedNode(_NOWHERE + "S09.P02.N05")),
    tension_between_propositions=_swap("between", mgo("proposition/01a0e15389104cfe3914")),
)


@kind
def _relation_for_other_kinds(world: World, chance: random.Random) -> Change | None:
    """Ameliorates, of something that is no condition."""
    kinds = {t for name in ("Molecule", "Attribute", "Pathway") for t in world.terms(name)}
    found = [t for t in world.of("relation", "Proposition") if t.object == mgo("Increases")]
    found = [t for t in found if set(world.values(_iri(t.subject), "object")) & kinds]
    one = _pick(chance, found)
    if one is None:
        return None
    node = _iri(one.subject)
    sign = world.values(node, "sign")[0]
    return (
        [one, triple(node, "sign", sign)],
        [triple(node, "relation", mgo("Ameliorates")), triple(node, "sign", typed("-1", "integer"))],
    )


@kind
def _second_kind_of_a_term(world: World, chance: random.Random) -> Change | None:
    return [], [ox.Triple(chance.choice(world.terms("Molecule")), _TYPE, mgo("ConditionConcept"))]


@kind
def _term_without_kind(world: World, chance: random.Random) -> Change | None:
    used = {t.object for name in ("subject", "object") for t in world.of(name, "Proposition")}
    nodes = [t for t in (*world.terms("Molecule"), *world.terms("Process")) if t in used]
    node = chance.choice(nodes)
    return [t for t in world.about[node] if t.predicate == _TYPE and str(t.object).endswith("Concept>")], []


@kind
def _node_of_two_classes(world: World, chance: random.Random) -> Change | None:
    return [], [ox.Triple(chance.choice(world.statements()), _TYPE, mgo("Proposition"))]


@kind
def _node_without_class(world: World, chance: random.Random) -> Change | None:
    classes = ("Statement", "Proposition", "EvidenceLine", "StudyResult", "Quantity", "Sentence", "Reference")
    node = chance.choice(world.a(chance.choice(classes)))
    return [t for t in world.about[node] if t.predicate == _TYPE], []


# -- wrong sign, wrong direction, wrong stance -------------------------------------------------------------


@kind
def _wrong_sign(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, [t for t in world.of("sign", "Proposition") if str(t.object)[1] != "0"])
    if one is None or not isinstance(one.object, ox.Literal):
        return None
    return [one], [ox.Triple(one.subject, one.predicate, typed(str(-int(one.object.value)), "integer"))]


@kind
def _sign_of_a_signless_relation(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, [t for t in world.of("sign", "Proposition") if str(t.object)[1] == "0"])
    return ([one], [ox.Triple(one.subject, one.predicate, typed("1", "integer"))]) if one else None


@kind
def _wrong_causal(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, world.of("causal", "Proposition"))
    if one is None or not isinstance(one.object, ox.Literal):
        return None
    turned = "false" if one.object.value == "true" else "true"
    return [one], [ox.Triple(one.subject, one.predicate, typed(turned, "boolean"))]


@kind
def _direction_of_a_directional_object(world: World, chance: random.Random) -> Change | None:
    found = [
        t for t in world.of("relation", "Proposition") if t.object in (mgo("Increases"), mgo("Inhibits"))
    ]
    one = _pick(chance, found)
    return ([], [triple(_iri(one.subject), "objectDirection", mgo("Increased"))]) if one else None


@kind
def _turned_direction_of_an_object(world: World, chance: random.Random) -> Change | None:
    turned = {mgo("Increased"): mgo("Decreased"), mgo("Decreased"): mgo("Increased")}
    one = _pick(chance, [t for t in world.of("objectDirection", "Proposition") if t.object in turned])
    return ([one], [ox.Triple(one.subject, one.predicate, turned[_iri(one.object)])]) if one else None


@kind
def _direction_where_there_is_a_state(world: World, chance: random.Random) -> Change | None:
    """{magnesium, decreased} where *magnesium deficiency* belongs."""
    states = {each.subject: each.object for each in world.of("stateOf")}
    one = _pick(chance, [t for t in world.of("subject", "Proposition") if t.object in states])
    if one is None or world.values(_iri(one.subject), "subjectAspect"):
        return None
    state, node = _iri(one.object), _iri(one.subject)
    base = states[state]
    direction = world.values(state, "direction")[0]
    assert isinstance(base, ox.NamedNode)
    return [one], [triple(node, "subject", base), triple(node, "subjectDirection", direction)]


@kind
def _null_kind_of_what_is_affirmed(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, [t for t in world.of("stance") if t.object == mgo("Affirmed")])
    return ([], [triple(_iri(one.subject), "nullKind", mgo("Preserved"))]) if one else None


@kind
def _gap_with_certainty(world: World, chance: random.Random) -> Change | None:
    node = chance.choice(world.a("KnowledgeGap")) if world.a("KnowledgeGap") else None
    return ([], [triple(node, "certainty", mgo("Suggested"))]) if node else None


@kind
def _gap_that_affirms(world: World, chance: random.Random) -> Change | None:
    nodes = set(world.a("KnowledgeGap"))
    one = _pick(chance, [t for t in world.of("stance") if t.subject in nodes])
    return ([one], [ox.Triple(one.subject, one.predicate, mgo("Affirmed"))]) if one else None


@kind
def _unknown_that_is_no_gap(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, [t for t in world.of("stance") if t.object == mgo("Affirmed")])
    if one is None:
        return None
    node = _iri(one.subject)
    certainty = [t for t in world.about[node] if t.predicate == mgo("certainty")]
    return [one, *certainty], [triple(node, "stance", mgo("Undetermined"))]


@kind
def _denial_without_a_kind(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, [t for t in world.of("stance") if t.object == mgo("Affirmed")])
    return ([one], [ox.Triple(one.subject, one.predicate, mgo("Denied"))]) if one else None


@kind
def _affirmed_and_denied(world: World, chance: random.Random) -> Change | None:
    """A second statement that denies what a first affirms, in the same sentence, and no tension says so."""
    one = _pick(chance, [t for t in world.of("stance") if t.object == mgo("Affirmed")])
    if one is None:
        return None
    node = _iri(one.subject)
    other = ox.NamedNode(node.value.rpartition(".")[0] + ".97")
    keep = {BASE + name for name in ("statedIn", "asserts", "certainty", "claimKind")} | {_TYPE.value}
    made = [ox.Triple(other, t.predicate, t.object) for t in world.about[node] if t.predicate.value in keep]
    made += [triple(other, "stance", mgo("Denied")), triple(other, "nullKind", mgo("DeniedRelation"))]
    made += [
        triple(other, "gloss", ox.Literal("It does not.")),
        triple(other, "orderInSentence", typed("97", "integer")),
    ]
    return [], made


@kind
def _comparison_without_a_group(world: World, chance: random.Random) -> Change | None:
    nodes = {t.subject for t in world.of("relation") if t.object in (mgo("HigherIn"), mgo("LowerIn"))}
    one = _pick(chance, [t for t in world.of("comparedWith") if t.subject in nodes])
    return ([t for t in world.about[_iri(one.subject)] if t.predicate == one.predicate], []) if one else None


@kind
def _joint_kind_without_a_group(world: World, chance: random.Random) -> Change | None:
    nodes = [n for n in world.a("Proposition") if not world.values(n, "jointKind")]
    return [], [triple(chance.choice(nodes), "jointKind", mgo("Synergistic"))]


# -- wrong namespace, closed, no text ----------------------------------------------------------------------


@kind
def _wrong_namespace_of_a_property(world: World, chance: random.Random) -> Change | None:
    one = _pick(
        chance, [t for name in ("gloss", "stance", "asserts", "subject", "cites") for t in world.of(name)]
    )
    if one is None:
        return None
    wrong = ox.NamedNode(one.predicate.value.replace("https://", "http://"))
    return [one], [ox.Triple(one.subject, wrong, one.object)]


@kind
def _wrong_namespace_of_a_term(world: World, chance: random.Random) -> Change | None:
    found = [t for t in world.of("subject", "Proposition") if PREFIXES["obo"] in str(t.object)]
    one = _pick(chance, found)
    if one is None:
        return None
    wrong = ox.NamedNode(_iri(one.object).value.replace(PREFIXES["obo"], "https://identifiers.org/obo/"))
    return [one], [ox.Triple(one.subject, one.predicate, wrong)]


_many(
    unknown_property_of_a_statement=_add("comment", ox.Literal("to be checked"), "Statement"),
    unknown_property_of_a_proposition=_add("strength", ox.Literal("strong"), "Proposition"),
    unknown_property_of_an_evidence_line=_add("page", ox.Literal("155"), "EvidenceLine"),
    unknown_property_of_a_quantity=_add("units", ox.Literal("mg"), "Quantity"),
    misspelt_property_of_a_result=_add("subGroup", ox.Literal("men"), "StudyResult"),
    property_of_another_record=_add("stance", mgo("Affirmed"), "Proposition"),
    sign_on_a_statement=_add("sign", typed("1", "integer"), "Statement"),
)


@kind
def _text_of_the_article(world: World, chance: random.Random) -> Change | None:
    exact = ox.NamedNode("http://www.w3.org/ns/oa#exact")
    return [], [ox.Triple(chance.choice(world.statements()), exact, ox.Literal(_TEXT))]


@kind
def _label_beside_another(world: World, chance: random.Random) -> Change | None:
    node = chance.choice(world.terms("Process"))
    label = ox.NamedNode(PREFIXES["rdfs"] + "label")
    return [], [ox.Triple(node, label, ox.Literal("another name", language="en"))]


@kind
def _term_without_label(world: World, chance: random.Random) -> Change | None:
    used = {t.object for name in ("subject", "object") for t in world.of(name, "Proposition")}
    label = PREFIXES["rdfs"] + "label"
    one = _pick(chance, [t for t in world.using[label] if t.subject in used])
    return ([one], []) if one else None


# -- wrong citation ----------------------------------------------------------------------------------------


@kind
def _citation_that_the_sentence_lacks(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, [t for t in world.of("cites") if not world.values(_iri(t.subject), "overrideReason")])
    others = [n for n in world.a("Reference") if one and n != one.object]
    if one is None or not others:
        return None
    sentence = _iri(one.subject).value.partition("/evidence/")[0].rpartition(".")[0]
    place = ox.NamedNode(sentence.replace("/statement/", "/article/"))
    told = {*world.values(place, "sentenceCites"), *world.values(place, "sentenceInherits")}
    others = [n for n in others if n not in told]
    return [one], [ox.Triple(one.subject, one.predicate, chance.choice(others))]


@kind
def _inherited_citation_as_own(world: World, chance: random.Random) -> Change | None:
    found = [t for t in world.of("citationScope") if t.object != mgo("OwnCitation")]
    one = _pick(chance, found)
    return ([one], [ox.Triple(one.subject, one.predicate, mgo("OwnCitation"))]) if one else None


@kind
def _missing_evidence_line(world: World, chance: random.Random) -> Change | None:
    """One of the sentence's references is not taken over, and nobody says why."""
    one = _pick(chance, world.of("hasEvidenceLine"))
    return ([one, *world.about[_iri(one.object)]], []) if one else None


@kind
def _reference_of_another_article(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, world.of("listedIn"))
    return ([one], [ox.Triple(one.subject, one.predicate, mgo("article/another-2020"))]) if one else None


@kind
def _two_references_of_one_number(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, world.of("number", "Reference"))
    if one is None or not isinstance(one.object, ox.Literal):
        return None
    other = int(one.object.value) % 26 + 1
    return [one], [ox.Triple(one.subject, one.predicate, typed(str(other), "integer"))]


@kind
def _two_sentences_of_one_locator(world: World, chance: random.Random) -> Change | None:
    found = world.of("locator")
    one, other = chance.choice(found), chance.choice(found)
    return [one], [ox.Triple(one.subject, one.predicate, other.object)]


@kind
def _statement_in_another_sentence(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, world.of("statedIn"))
    other = chance.choice(world.a("Sentence"))
    return ([one], [ox.Triple(one.subject, one.predicate, other)]) if one else None


@kind
def _no_claim_beside_claims(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, world.of("statedIn"))
    return ([], [triple(_iri(one.object), "noClaimReason", mgo("NoClaimTransition"))]) if one else None


@kind
def _sentence_without_statements(world: World, chance: random.Random) -> Change | None:
    """Every statement of one sentence is gone, and no reason given."""
    node = chance.choice([t.object for t in world.of("statedIn")])
    gone = {t.subject for t in world.of("statedIn") if t.object == node}
    below = [
        t
        for s in gone
        for n in world.about
        if n.value.startswith(f"{_iri(s).value}/")
        for t in world.about[n]
    ]
    return [*(t for s in gone for t in world.about[_iri(s)]), *below], []


# -- merged, chained -------------------------------------------------------------------------------------


@kind
def _merged_statements(world: World, chance: random.Random) -> Change | None:
    """Two statements of one sentence under one IRI."""
    found = world.of("statedIn")
    one = chance.choice(found)
    others = [_iri(t.subject) for t in found if t.object == one.object and t.subject != one.subject]
    if not others:
        return None
    other = chance.choice(others)
    return world.about[other], [ox.Triple(one.subject, t.predicate, t.object) for t in world.about[other]]


@kind
def _merged_propositions(world: World, chance: random.Random) -> Change | None:
    nodes = world.a("Proposition")
    one, other = chance.choice(nodes), chance.choice(nodes)
    moved = [ox.Triple(one, t.predicate, t.object) for t in world.about[other]]
    users = [t for t in world.of("asserts") if t.object == other]
    return [*world.about[other], *users], [*moved, *(ox.Triple(t.subject, t.predicate, one) for t in users)]


@kind
def _merged_quantities(world: World, chance: random.Random) -> Change | None:
    nodes = [n for n in world.a("Quantity") if world.values(n, "value")]
    if len(nodes) < 2:
        return None
    one, other = chance.sample(nodes, 2)
    return world.about[other], [ox.Triple(one, t.predicate, t.object) for t in world.about[other]]


@kind
def _two_statements_of_one_number(world: World, chance: random.Random) -> Change | None:
    found = [t for t in world.of("orderInSentence") if str(t.object).startswith('"2"')]
    one = _pick(chance, found)
    return ([one], [ox.Triple(one.subject, one.predicate, typed("1", "integer"))]) if one else None


@kind
def _chain_into_another_sentence(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, world.of("nextInChain"))
    if one is None:
        return None
    home = _iri(one.subject).value.rpartition(".")[0]
    other = chance.choice([s for s in world.statements() if s.value.rpartition(".")[0] != home])
    return [one], [ox.Triple(one.subject, one.predicate, other)]


@kind
def _chain_into_itself(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, world.of("nextInChain"))
    return ([one], [ox.Triple(one.subject, one.predicate, one.subject)]) if one else None


@kind
def _alternative_to_itself(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, world.of("alternativeTo"))
    return ([one], [ox.Triple(one.subject, one.predicate, one.subject)]) if one else None


@kind
def _tension_of_one(world: World, chance: random.Random) -> Change | None:
    found = world.of("between")
    one = _pick(chance, found)
    return ([t for t in found if one and t.subject == one.subject and t != one], []) if one else None


@kind
def _tension_taken_away(world: World, chance: random.Random) -> Change | None:
    """A contradiction that no tension tells any more."""
    nodes = [_iri(t.subject) for t in world.of("tensionKind") if str(t.object).endswith("ontradiction>")]
    return (world.about[chance.choice(nodes)], []) if nodes else None


# -- forged edges ------------------------------------------------------------------------------------------

_CAUSAL = ("moreMore", "moreLess", "lessMore", "lessLess")


def _edges(world: World, names: Sequence[str]) -> list[ox.Triple]:
    """The edges between terms, not the declarations of their properties."""
    return [t for name in names for t in world.using[name]]


@kind
def _forged_edge(world: World, chance: random.Random) -> Change | None:
    one, other = chance.choice(world.terms("Molecule")), chance.choice(world.terms("Condition"))
    name = chance.choice(_CAUSAL)
    made = ox.Triple(one, mgo(name), other)
    return ([], [made]) if made not in set(world.about[one]) else None


@kind
def _forged_association_edge(world: World, chance: random.Random) -> Change | None:
    one, other = chance.choice(world.terms("Molecule")), chance.choice(world.terms("Process"))
    made = ox.Triple(one, mgo("associatedWith"), other)
    return ([], [made]) if made not in set(world.about[one]) else None


@kind
def _dropped_edge(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, _edges(world, (*_CAUSAL, "associatedWith")))
    return ([one], []) if one else None


@kind
def _turned_edge(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, _edges(world, _CAUSAL))
    if one is None:
        return None
    name = one.predicate.value.removeprefix(BASE)
    turned = {"moreMore": "moreLess", "moreLess": "moreMore", "lessMore": "lessLess", "lessLess": "lessMore"}
    made = ox.Triple(one.subject, mgo(turned[name]), one.object)
    return ([one], [made]) if made not in set(world.about[_iri(one.subject)]) else None


@kind
def _edge_the_other_way_round(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, _edges(world, _CAUSAL))
    if one is None or not isinstance(one.object, ox.NamedNode):
        return None
    made = ox.Triple(one.object, one.predicate, one.subject)
    return ([one], [made]) if made not in set(world.about[one.object]) else None


@kind
def _hypothesised_edge_made_firm(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, _edges(world, [f"{name}Maybe" for name in _CAUSAL]))
    if one is None:
        return None
    return [one], [
        ox.Triple(one.subject, ox.NamedNode(one.predicate.value.removesuffix("Maybe")), one.object)
    ]


@kind
def _forged_trace_of_an_edge(world: World, chance: random.Random) -> Change | None:
    nodes = [n for n in world.a("Proposition") if not world.values(n, "yieldsEdge")]
    return [], [triple(chance.choice(nodes), "yieldsEdge", mgo(chance.choice(_CAUSAL)))]


@kind
def _dropped_trace_of_an_edge(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, world.of("yieldsEdge", "Proposition"))
    return ([one], []) if one else None


@kind
def _broader_edge_alone(world: World, chance: random.Random) -> Change | None:
    one, other = chance.choice(world.terms("Molecule")), chance.choice(world.terms("Process"))
    made = ox.Triple(one, mgo("promotes"), other)
    return ([], [made]) if made not in set(world.about[one]) else None


# -- other claims than the article's -----------------------------------------------------------------------


@kind
def _another_claim_of_the_same_kinds(world: World, chance: random.Random) -> Change | None:
    """A statement that asserts a proposition of another sentence."""
    found = world.of("asserts")
    one, other = chance.choice(found), chance.choice(found)
    users = [t for t in found if t.object == one.object]
    if len(users) < 2 or one.object == other.object:
        return None
    return [one], [ox.Triple(one.subject, one.predicate, other.object)]


@kind
def _another_certainty(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, [t for t in world.of("certainty") if t.object == mgo("Established")])
    return ([one], [ox.Triple(one.subject, one.predicate, mgo("Suggested"))]) if one else None


@kind
def _another_hash(world: World, chance: random.Random) -> Change | None:
    one = _pick(chance, world.of("sentenceHash"))
    if one is None or not isinstance(one.object, ox.Literal):
        return None
    return [one], [ox.Triple(one.subject, one.predicate, ox.Literal(one.object.value[::-1]))]
