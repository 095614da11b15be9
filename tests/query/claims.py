"""Terms and statements of our own for the tests of paths: small worlds with nothing else in them."""

import itertools

import pyoxigraph as ox

from mgonto.names import BASE, PREFIXES
from mgonto.query.lexical import Terms
from mgonto.query.paths import PathSearch
from mgonto.result.records import Context, Statement

SIGNS = {
    "Increases": 1,
    "Decreases": -1,
    "Inhibits": -1,
    "Regulates": 0,
    "AssociatedWith": 0,
    "RequiredFor": 1,
    "PartOf": 0,
}
NUMBERS = itertools.count(1)
CAUSAL = set(SIGNS) - {"AssociatedWith", "PartOf"}


def terms(*rows):
    """Terms from `name` or `(name, {link: base, ...})`."""
    found: list[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]] = []
    for row in rows:
        name, links = row if isinstance(row, tuple) else (row, {})
        node = ox.NamedNode(f"urn:t:{name}")
        found.append((node, ox.NamedNode(PREFIXES["skos"] + "prefLabel"), ox.Literal(name)))
        found.append((node, ox.NamedNode(PREFIXES["rdf"] + "type"), ox.NamedNode(BASE + "MoleculeConcept")))
        for prop, value in links.items():
            if prop == "direction":
                found.append((node, ox.NamedNode(BASE + prop), ox.NamedNode(BASE + value)))
            elif prop == "standsForWhole":
                found.append((node, ox.NamedNode(BASE + prop), ox.Literal("true")))
            elif prop == "parent":
                parent = ox.NamedNode(f"urn:t:{value}")
                found.append((node, ox.NamedNode(PREFIXES["rdfs"] + "subClassOf"), parent))
            else:
                found.append((node, ox.NamedNode(BASE + prop), ox.NamedNode(f"urn:t:{value}")))
    return Terms(found)


def says(subject, relation, obj, *edges, **more):
    """A statement; its number makes its IRI, its subject, relation and object its proposition."""
    number = next(NUMBERS)
    values = {
        "statement": f"urn:s:{number:03}",
        "sentence": f"urn:a:S01.P01.N{number:02}",
        "section": "urn:a:S01",
        "heading": "One",
        "gloss": "",
        "proposition": f"urn:p:{subject}-{relation}-{obj}-{more.get('tissue', '')}",
        "subject": f"urn:t:{subject}",
        "subject_label": subject,
        "subject_direction": None,
        "subject_aspect": None,
        "relation": BASE + relation,
        "relation_label": relation.lower(),
        "object": f"urn:t:{obj}",
        "object_label": obj,
        "object_direction": None,
        "object_aspect": None,
        "sign": SIGNS[relation],
        "causal": relation in CAUSAL,
        "stance": BASE + "Affirmed",
        "certainty": BASE + "Established",
        "hedges": (),
        "claim_kind": BASE + "Finding",
        "null_kind": None,
        "references": (f"urn:a:ref/{number}",),
        "scope": BASE + "OwnCitation",
        "designs": (),
        "context": (Context("inTissue", f"urn:t:{more.pop('tissue')}", ""),) if "tissue" in more else (),
        "edges": edges,
    }
    return Statement(**{**values, **more})


MM, ML, LM, LL = "moreMore", "moreLess", "lessMore", "lessLess"


def find(statements, table, source, target, max_hops=4, opposite=False, hops=(), **more):
    kinds = ("opposite",) if opposite else hops
    return PathSearch(statements, table, kinds, **more).search(
        f"urn:t:{source}", [f"urn:t:{target}"], max_hops
    )
