"""Print how two files differ once OWLAPI has read them: run by a test, in the environment of the gate."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools.gate import owlapi

__all__ = ["main"]


def main() -> None:
    """Read the two files that the command line names; print the number of axioms and those of one only."""
    owlapi.start_java()
    read = [owlapi.parse(owlapi.read_source(Path(name))) for name in sys.argv[1:3]]
    for one in read:
        assert not one.problems, one.problems
    first, second = (
        {str(axiom) for axiom in one.ontology.getAxioms()}
        | {str(each) for each in one.ontology.getAnnotations()}
        | {str(one.ontology.getOntologyID())}
        for one in read
    )
    print(len(first))
    for axiom in sorted(first ^ second)[:20]:
        print("first only:" if axiom in first else "second only:", axiom)


if __name__ == "__main__":
    main()
