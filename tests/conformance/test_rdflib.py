"""The suite on Rdflib."""

from tests.conformance.suite import Conformance


class TestRdflib(Conformance):
    name = "rdflib"
