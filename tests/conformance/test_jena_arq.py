"""The suite on JenaArq."""

from tests.conformance.suite import AsItStands, Conformance


class TestJenaArq(AsItStands, Conformance):
    name = "arq"
