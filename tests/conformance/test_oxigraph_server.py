"""The suite on OxigraphServer."""

from tests.conformance.suite import Conformance


class TestOxigraphServer(Conformance):
    name = "oxigraph"
