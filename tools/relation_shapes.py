"""Write `shapes/relations.ttl` from the axioms of `ontology/mgonto.ttl`: what each relation joins and means.

    python tools/relation_shapes.py            # write the file
    python tools/relation_shapes.py --check    # fail where it is not what the vocabulary makes

The kinds, signs and directions of the relations stand in the vocabulary alone; nobody writes them twice.
"""

from __future__ import annotations

import argparse
import re
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

from mgonto.compiler.schema import Relation, Schema, load_schema
from mgonto.names import BASE

__all__ = ["OUTPUT", "relation_shapes"]

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "shapes" / "relations.ttl"

_HEAD = """\
# What each relation joins, which sign and direction it allows, and whether it is causal.
#
# Generated from ontology/mgonto.ttl by tools/relation_shapes.py: edit the vocabulary, not this file.

@prefix mgo:     <https://w3id.org/mgonto/> .
@prefix sh:      <http://www.w3.org/ns/shacl#> .
"""
_CHARACTERISED_BY = "characterised by"
_SAME_KIND = "is a"


def relation_shapes(schema: Schema) -> str:
    """The Turtle document for the relations of `schema`."""
    relations = sorted(schema.relations.values(), key=lambda each: each.iri)
    blocks = [_HEAD, *_known(relations), _as_property(relations)]
    for end in ("subject", "object"):
        kinds = {_kind(each, end) for each in relations}
        for kind in sorted(kinds):
            blocks += _kind_rule(schema, end, kind, relations)
    blocks += _same_kind(schema)
    blocks += _direction(relations)
    blocks += _causal(relations)
    blocks += _sign(relations)
    return "\n".join(blocks).rstrip() + "\n"


def _kind(relation: Relation, end: str) -> str:
    return relation.subject_kind if end == "subject" else relation.object_kind


def _known(relations: Iterable[Relation]) -> list[str]:
    message = (
        "This relation (relation, mgo:relation) is none of the vocabulary. Choose one of those in "
        "docs/data-dictionary.md; mgonto knows no others, since their sign and kinds would not be known."
    )
    return [
        _rule(
            "KnownRelationShape",
            "A relation of the vocabulary",
            ["sh:property mgo:KnownRelationShape-relation"],
        ),
        _shape(
            "KnownRelationShape-relation",
            "PropertyShape",
            [
                "sh:path mgo:relation",
                *_told("A relation of the vocabulary: relation", message),
                f"sh:in {_listed(relations)}",
            ],
        ),
    ]


def _as_property(relations: Iterable[Relation]) -> str:
    """No relation is a property: what has one has it wrongly, whatever it is."""
    message = (
        "A relation is written between two terms as if it were a property. Write a mgo:Proposition with "
        "subject, relation and object (mgo:subject, mgo:relation, mgo:object), and a mgo:Statement that "
        "asserts it."
    )
    targets = _wrapped(_short(each.iri) + " ," for each in relations).rstrip(" ,")
    return _shape(
        "RelationAsPropertyShape",
        "NodeShape",
        [
            *_told("A relation is no property", message),
            f"sh:targetSubjectsOf\n{targets}",
            "sh:nodeKind sh:Literal",
        ],
    )


def _kind_rule(schema: Schema, end: str, kind: str, relations: Sequence[Relation]) -> list[str]:
    """The rule of one end for all relations that take one kind there, and its two conditions.

    The condition lists the relations that take another kind: a plain list is quicker than a negation.
    """
    takes = [each for each in relations if _kind(each, end) == kind]
    others = [each for each in relations if _kind(each, end) != kind]
    name = f"{end.capitalize()}{kind.removesuffix('Concept')}"
    kinds = _words([_spaced(each) for each in schema.kinds_of(kind).split(" or ")])
    message = (
        f"The {end} ({end}, mgo:{end}) is of the wrong kind for its relation: "
        f"{_words(sorted(each.label for each in takes), 'and')} "
        f"{'take' if len(takes) > 1 else 'takes'} as {end} a term of the kind {kinds}. "
        f"Choose such a term, or another relation (mgo:relation)."
    )
    return [
        _rule(
            f"{name}Shape",
            f"{end.capitalize()} of the kind {kinds}",
            [f"sh:or ( mgo:{name} mgo:WhenNotTakes{name} )"],
            message,
        ),
        _shape(f"WhenNotTakes{name}", "PropertyShape", ["sh:path mgo:relation", f"sh:in {_listed(others)}"]),
        _shape(name, "PropertyShape", [f"sh:path mgo:{end}", f"sh:class mgo:{kind}"]),
    ]


def _same_kind(schema: Schema) -> list[str]:
    relation = schema.relations[_SAME_KIND]
    others = sorted((each for each in schema.relations.values() if each != relation), key=lambda one: one.iri)
    kinds = sorted(schema.holds[relation.subject_kind])
    pairs = [f"mgo:BothAre{kind.removesuffix('Concept')}" for kind in kinds]
    message = (
        "is a (mgo:IsA) joins two terms of one kind, and subject and object are of two. Choose another term, "
        "or another relation (mgo:relation), such as part of, located in or characterised by."
    )
    blocks = [
        _rule(
            "SameKindShape",
            "Is a joins one kind",
            [f"sh:or (\n{_wrapped(['mgo:WhenNotIsA', *pairs])}\n    )"],
            message,
        ),
        _shape("WhenNotIsA", "PropertyShape", ["sh:path mgo:relation", f"sh:in {_listed(others)}"]),
    ]
    for kind, pair in zip(kinds, pairs, strict=True):
        ends = "[ sh:alternativePath ( mgo:subject mgo:object ) ]"
        blocks.append(_shape(pair[4:], "PropertyShape", [f"sh:path {ends}", f"sh:class mgo:{kind}"]))
    return blocks


def _direction(relations: list[Relation]) -> list[str]:
    neutral = [each for each in relations if each.neutral]
    labels = _words(sorted(each.label for each in neutral), "and")
    message = (
        "The object has a direction (object: {direction: ...}, mgo:objectDirection), but its relation says "
        f"the direction itself. Drop it, or use a neutral relation: {labels}."
    )
    return [
        _rule(
            "ObjectDirectionShape",
            "A direction only where the relation has none",
            ["sh:or ( mgo:ObjectHasNoDirection mgo:WhenNeutral )"],
            message,
        ),
        _shape("WhenNeutral", "PropertyShape", ["sh:path mgo:relation", f"sh:in {_listed(neutral)}"]),
        _shape("ObjectHasNoDirection", "PropertyShape", ["sh:path mgo:objectDirection", "sh:maxCount 0"]),
    ]


def _causal(relations: list[Relation]) -> list[str]:
    message = (
        "Whether the proposition is causal (mgo:causal) is not what its relation says (mgo:relation). It is "
        "true for causal relations, such as increases, and false for the others, such as associated with."
    )
    blocks = [
        _rule(
            "CausalShape",
            "Causal as its relation",
            ["sh:or ( mgo:CausalAndSaid mgo:NotCausalAndSaid )"],
            message,
        )
    ]
    for name, value in (("Causal", True), ("NotCausal", False)):
        members = [each for each in relations if each.causal is value]
        blocks += [
            _shape(f"{name}AndSaid", "NodeShape", [f"sh:and ( mgo:When{name} mgo:Said{name} )"]),
            _shape(f"When{name}", "PropertyShape", ["sh:path mgo:relation", f"sh:in {_listed(members)}"]),
            _shape(
                f"Said{name}", "PropertyShape", ["sh:path mgo:causal", f"sh:hasValue {str(value).lower()}"]
            ),
        ]
    return blocks


def _sign(relations: list[Relation]) -> list[str]:
    message = (
        "The sign (mgo:sign) is not that of the claim. It is the relation's own sign where the object has no "
        "direction, times 1 for an increased and -1 for a decreased object; 0 for another direction, and for "
        "relations without a sign. characterised by takes the sign of its object's direction. Let "
        "mgonto build compute it."
    )
    of_sign = {
        name: [each for each in relations if each.sign == sign and each.label != _CHARACTERISED_BY]
        for name, sign in (("Plus", 1), ("Minus", -1), ("Nought", 0))
    }
    takes = next(each for each in relations if each.label == _CHARACTERISED_BY)
    blocks = [
        _rule(
            "SignShape",
            "The sign of the claim",
            ["sh:or ( mgo:SignIsPlus mgo:SignIsMinus mgo:SignIsNought )"],
            message,
        )
    ]
    for name, value in (("Plus", 1), ("Minus", -1), ("Nought", 0)):
        blocks += [
            _shape(f"SignIs{name}", "NodeShape", [f"sh:and ( mgo:Said{name} mgo:Claims{name} )"]),
            _shape(f"Said{name}", "PropertyShape", ["sh:path mgo:sign", f"sh:hasValue {value}"]),
            _shape(
                f"Relation{name}",
                "PropertyShape",
                ["sh:path mgo:relation", f"sh:in {_listed(of_sign[name])}"],
            ),
        ]
    for name, cases in _CASES.items():
        members = []
        for at, (relation, obj) in enumerate(cases, start=1):
            members.append(f"mgo:Claims{name}{at}")
            blocks.append(_shape(f"Claims{name}{at}", "NodeShape", [f"sh:and ( mgo:{relation} mgo:{obj} )"]))
        if name == "Nought":
            members.append("mgo:RelationNought")
        blocks.append(_shape(f"Claims{name}", "NodeShape", [f"sh:or ( {' '.join(members)} )"]))
    blocks += [
        _shape(
            "RelationOfObject", "PropertyShape", ["sh:path mgo:relation", f"sh:hasValue {_short(takes.iri)}"]
        ),
        _shape("RelationSigned", "NodeShape", ["sh:or ( mgo:RelationPlus mgo:RelationMinus )"]),
        _shape(
            "ObjectIncreased", "PropertyShape", ["sh:path mgo:objectDirection", "sh:hasValue mgo:Increased"]
        ),
        _shape(
            "ObjectDecreased", "PropertyShape", ["sh:path mgo:objectDirection", "sh:hasValue mgo:Decreased"]
        ),
        _shape(
            "ObjectOtherDirection",
            "PropertyShape",
            ["sh:path mgo:objectDirection", "sh:minCount 1", "sh:in ( mgo:Altered mgo:Normal )"],
        ),
        _shape("ObjectAsNamed", "NodeShape", ["sh:or ( mgo:ObjectHasNoDirection mgo:ObjectIncreased )"]),
        _shape(
            "ObjectWithoutWay", "NodeShape", ["sh:or ( mgo:ObjectHasNoDirection mgo:ObjectOtherDirection )"]
        ),
    ]
    return blocks


#: Which relations with which objects claim a sign; a relation without a sign claims none whatever its object.
_CASES = {
    "Plus": (
        ("RelationPlus", "ObjectAsNamed"),
        ("RelationMinus", "ObjectDecreased"),
        ("RelationOfObject", "ObjectIncreased"),
    ),
    "Minus": (
        ("RelationMinus", "ObjectAsNamed"),
        ("RelationPlus", "ObjectDecreased"),
        ("RelationOfObject", "ObjectDecreased"),
    ),
    "Nought": (("RelationSigned", "ObjectOtherDirection"), ("RelationOfObject", "ObjectWithoutWay")),
}


def _rule(name: str, title: str, constraints: list[str], message: str = "") -> str:
    """A shape of every proposition; without a message it only carries a property that has one."""
    told = _told(title, message) if message else [f'sh:name "{title}"@en']
    return _shape(name, "NodeShape", [*told, "sh:targetClass mgo:Proposition", *constraints])


def _told(title: str, message: str) -> list[str]:
    return [f'sh:name "{title}"@en', f'sh:message "{message}"@en', "sh:severity sh:Violation"]


def _shape(name: str, sort: str, lines: list[str]) -> str:
    body = " ;\n    ".join(lines)
    return f"mgo:{name} a sh:{sort} ;\n    {body} .\n"


def _listed(relations: Iterable[Relation]) -> str:
    return f"(\n{_wrapped(_short(each.iri) for each in relations)}\n    )"


def _wrapped(words: Iterable[str]) -> str:
    return textwrap.fill(
        " ".join(words), width=104, initial_indent=" " * 8, subsequent_indent=" " * 8, break_on_hyphens=False
    )


def _short(iri: str) -> str:
    return f"mgo:{iri.removeprefix(BASE)}"


def _spaced(kind: str) -> str:
    """A kind in words: "evidence type" for EvidenceType."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", kind).lower()


def _words(words: list[str], joint: str = "or") -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"


def main() -> int:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where the file is stale")
    check = parser.parse_args().check
    made = relation_shapes(load_schema(ROOT / "ontology"))
    if not check:
        OUTPUT.write_text(made, encoding="utf-8")
    elif not OUTPUT.exists() or OUTPUT.read_text(encoding="utf-8") != made:
        print(
            "shapes/relations.ttl is not what the vocabulary makes: run tools/relation_shapes.py",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
