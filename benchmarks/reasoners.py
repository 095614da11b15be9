"""How long each reasoner takes over the release, as rows of a Markdown table.

    python benchmarks/reasoners.py [--owlrl]

HermiT, Openllet and ELK run in the gate's environment (see `tools/owl_gate.py`), the rules and HermiT of
`mgonto reason` here, owlrl here with --owlrl. Each runs once, in a process of its own where it is Java.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from mgonto.names import graph_iri
from mgonto.resources import data_dir
from tools.gate.environment import ensure_env, env_directory

__all__ = ["main", "owlrl_closure"]

Pairs = set[tuple[str, str]]

#: What runs in the gate's environment: one reasoner, on axioms and individuals apart where it says so.
_TIMED = """
import json, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tools.gate import checks, owlapi, reasoners
name, path = sys.argv[2], Path(sys.argv[3])
owlapi.start_java()
ontology = owlapi.parse(owlapi.read_source(path)).ontology
times = {}
def timed(what, question, over):
    began = time.perf_counter()
    reasoners.ask(name, over, 600, question)
    times[what] = round(time.perf_counter() - began, 2)
timed("consistent", checks.is_consistent, ontology)
apart = name == reasoners.HERMIT
timed("class tree", reasoners.class_tree, reasoners.terminology(ontology) if apart else ontology)
timed("types", checks.realised, reasoners.populated(ontology) if apart else ontology)
print(json.dumps(times))
"""


def owlrl_closure(quads: Iterable[ox.Quad]) -> tuple[Pairs, Pairs]:
    """The class tree and the types of concepts by the package owlrl, of the logical part of some quads.

    Args:
        quads: an ontology; annotations and literals are left out, for owlrl would copy them about.
    """
    import owlrl
    import rdflib
    from rdflib import OWL, RDF, RDFS, BNode, URIRef

    text = "".join(f"{quad.triple} .\n" for quad in quads)
    graph = rdflib.Graph().parse(data=text, format="nt")
    annotations = {*graph.subjects(RDF.type, OWL.AnnotationProperty), RDFS.label, RDFS.comment}
    for triple in list(graph):
        if triple[1] in annotations or isinstance(triple[2], rdflib.Literal):
            graph.remove(triple)
    classes = {one for one in graph.subjects(RDF.type, OWL.Class) if not isinstance(one, BNode)}
    individuals = {
        one for one, kind in graph.subject_objects(RDF.type) if isinstance(one, URIRef) and kind in classes
    }
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    tree = {
        (str(one), str(above))
        for one, above in graph.subject_objects(RDFS.subClassOf)
        if one in classes and above in classes and one != above
    }
    types = {
        (str(one), str(kind))
        for one, kind in graph.subject_objects(RDF.type)
        if one in individuals and kind in classes
    }
    return tree, types


def main(arguments: list[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Seconds of each reasoner over the release.")
    parser.add_argument("--owlrl", action="store_true", help="owlrl as well, over the ontology graph")
    chosen = parser.parse_args(arguments)
    release = data_dir("release")
    print("| reasoner | over | consistent s | class tree s | types s |\n|---|---|---|---|---|")
    print("| `mgonto reason`, HermiT of owlready2 | release | " + _reason() + " | | |")
    root = Path(__file__).resolve().parent.parent
    python = ensure_env(env_directory(None))
    for name in ("HermiT", "Openllet", "ELK"):
        command = [str(python), "-c", _TIMED, str(root), name, str(release / "mgonto.ttl")]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        times = json.loads(done.stdout)
        print(f"| {name} | release | " + " | ".join(str(each) for each in times.values()) + " |")
    if chosen.owlrl:
        quads = ox.parse(path=str(release / "mgonto.trig"), format=ox.RdfFormat.TRIG)
        ontology = [each for each in quads if each.graph_name == ox.NamedNode(graph_iri("ontology"))]
        began = time.perf_counter()
        owlrl_closure(ontology)
        print(f"| owlrl | ontology graph, no annotations | | {time.perf_counter() - began:.1f} | |")
    return 0


def _reason() -> str:
    from mgonto.reasoning import reason

    began = time.perf_counter()
    found = reason()
    assert found.ok
    return f"{time.perf_counter() - began:.1f}"


if __name__ == "__main__":
    sys.exit(main())
