"""The suite on JenaArq."""

from tests.conformance.suite import Conformance


class TestJenaArq(Conformance):
    name = "arq"
