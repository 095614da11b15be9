"""What ELK infers between the named classes of some files and their own axioms do not say; a pair a line.

Runs in the gate's environment: python entailed.py FILE.ttl [FILE.ttl ...]
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def entailed(paths: Sequence[Path]) -> list[str]:
    """Lines `NARROW < WIDE` for unasserted subclasses, `ONE = OTHER` for equivalent named classes."""
    from tools.gate import owlapi as gate

    gate.start_java()
    ontology: Any = gate.parse_merged(gate.read_sources(paths, True)).ontology
    told: dict[str, set[str]] = {}
    for axiom in ontology.getAxioms(gate.java("org.semanticweb.owlapi.model.AxiomType").SUBCLASS_OF):
        sub, sup = axiom.getSubClass(), axiom.getSuperClass()
        if not sub.isAnonymous() and not sup.isAnonymous():
            told.setdefault(str(sub.getIRI()), set()).add(str(sup.getIRI()))

    def above(iri: str) -> set[str]:
        found, pending = set[str](), [iri]
        while pending:
            for each in told.get(pending.pop(), ()):
                if each not in found:
                    found.add(each)
                    pending.append(each)
        return found

    reasoner = gate.java("org.semanticweb.elk.owlapi.ElkReasonerFactory")().createReasoner(ontology)
    lines: set[str] = set()
    for named in ontology.getClassesInSignature():
        if named.isOWLThing() or named.isOWLNothing():
            continue
        iri = str(named.getIRI())
        same = sorted(str(each.getIRI()) for each in reasoner.getEquivalentClasses(named).getEntities())
        if len(same) > 1:
            lines.add(" = ".join(same))
        wider = reasoner.getSuperClasses(named, False).getFlattened()
        wide = {str(each.getIRI()) for each in wider if not each.isOWLThing()}
        lines.update(f"{iri} < {each}" for each in wide - above(iri) - set(same))
    reasoner.dispose()
    return sorted(lines)


if __name__ == "__main__":
    print("\n".join(entailed([Path(each) for each in sys.argv[1:]])))
