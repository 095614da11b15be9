"""The suite on OxigraphServer."""

from tests.conformance.suite import AsItStands, Conformance


class TestOxigraphServer(AsItStands, Conformance):
    name = "oxigraph"
