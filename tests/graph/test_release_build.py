"""Building: nothing is written on an error, a stale release is found, an id keeps its proposition."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mgonto.errors import CompilationFailed, MgontoError
from mgonto.graph.build import StaleRelease, build_release, check_release, write_release
from mgonto.names import BASE
from tests.compiler.demo import SLUG, Checkout, statement

ID = f"statement/{SLUG}/S01.P01.N01.1"


def build(demo: Checkout, amend: bool = False) -> None:
    write_release(demo.root, build_release(demo.root), amend)


def check(demo: Checkout) -> None:
    check_release(demo.root, build_release(demo.root))


def ledger(demo: Checkout) -> dict[str, tuple[str, str]]:
    """Proposition and status of each row, by statement."""
    text = (demo.root / "release" / "statements.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    assert rows[0] == ["statement", "proposition", "status"]
    return {statement_: (proposition, status) for statement_, proposition, status in rows[1:]}


def proposition(demo: Checkout) -> str:
    return demo.statements()[0].proposition.iri.removeprefix(BASE)


def test_what_is_built_is_fresh_and_counted(demo: Checkout) -> None:
    made = build_release(demo.root)
    paths = write_release(demo.root, made)
    assert [path.name for path in paths] == ["mgonto.trig", "mgonto.ttl", "statements.tsv"]
    check(demo)
    assert (made.statements, made.propositions, made.changed) == (1, 1, ())
    assert ledger(demo) == {ID: (proposition(demo), "")}


@pytest.mark.parametrize("name", ["mgonto.trig", "mgonto.ttl", "statements.tsv"])
@pytest.mark.parametrize("harm", ["missing", "changed"])
def test_a_missing_or_changed_file_is_stale(demo: Checkout, name: str, harm: str) -> None:
    build(demo)
    path = demo.root / "release" / name
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(
            path.read_bytes() + b"\n"
            if name != "statements.tsv"
            else path.read_bytes().replace(b"\n", b"\r\n")
        )
    with pytest.raises(StaleRelease, match=f"release/{name} is not what the sources make") as stale:
        check(demo)
    assert stale.value.hint == "run: mgonto build"


def test_a_changed_source_is_stale(demo: Checkout) -> None:
    build(demo)
    demo.say(statement(gloss="Said otherwise."))
    with pytest.raises(StaleRelease, match="is not what the sources make"):
        check(demo)


def test_nothing_is_written_on_an_error(demo: Checkout) -> None:
    build(demo)
    before = {path: path.read_bytes() for path in (demo.root / "release").iterdir()}
    demo.say(statement(object="gloww"))
    with pytest.raises(CompilationFailed):
        build(demo)
    assert {path: path.read_bytes() for path in (demo.root / "release").iterdir()} == before


def test_a_changed_proposition_is_refused_unless_amended(demo: Checkout) -> None:
    build(demo)
    old = proposition(demo)
    demo.say(statement(object="solin"))
    for act in (build, check):
        with pytest.raises(StaleRelease, match=f"another proposition: {SLUG}/S01.P01.N01.1") as refused:
            act(demo)
        assert "order: N" in refused.value.hint and "--amend" in refused.value.hint
    assert ledger(demo) == {ID: (old, "")}
    build(demo, amend=True)
    check(demo)
    assert ledger(demo) == {ID: (proposition(demo), "")} != {ID: (old, "")}


def test_a_new_wording_of_a_statement_is_no_change_of_its_proposition(demo: Checkout) -> None:
    build(demo)
    demo.say(statement(gloss="Said otherwise.", certainty="suggested"))
    build(demo)


def test_a_withdrawn_id_stays_and_is_never_given_to_another_claim(demo: Checkout) -> None:
    build(demo)
    old = proposition(demo)
    demo.say(statement(object="solin", order="2"))
    build(demo)
    check(demo)
    assert ledger(demo)[ID] == (old, "withdrawn")
    demo.say(statement(object="solin release"), statement(object="solin", order="2"))
    with pytest.raises(StaleRelease, match="another proposition"):
        build(demo)
    demo.say(statement(), statement(object="solin", order="2"))  # the same claim may come back
    build(demo)
    assert ledger(demo)[ID] == (old, "")


def test_many_changed_ids_are_counted(demo: Checkout) -> None:
    demo.say(
        *(statement(object=each) for each in ("glow", "solin", "solin release", "dim fever", "glow pathway"))
    )
    build(demo)
    demo.say(
        *(
            statement(relation="decreases", object=each)
            for each in ("glow", "solin", "solin release", "dim fever", "glow pathway")
        )
    )
    with pytest.raises(StaleRelease, match=r"N01\.1, .*N01\.2, .*N01\.3 and 2 more"):
        build(demo)


def test_a_broken_ledger_is_told_with_its_line(demo: Checkout) -> None:
    build(demo)
    path = demo.root / "release" / "statements.tsv"
    path.write_text(path.read_text(encoding="utf-8") + "half a row\n", encoding="utf-8")
    with pytest.raises(MgontoError, match=r"release/statements\.tsv:3: this is no row of the ledger"):
        build(demo)


def test_a_write_that_fails_leaves_the_release_as_it_was(
    demo: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(demo)
    folder = demo.root / "release"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    demo.say(statement(gloss="Said otherwise."))
    write_bytes = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if "mgonto.ttl" in path.name:
            write_bytes(path, content[:10])
            raise OSError(28, "No space left on device", str(path))
        return write_bytes(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(MgontoError, match="No space left on device"):
        build(demo)
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_files_come_by_a_rename(demo: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[str] = []
    replace = os.replace

    def watched(source: Path, target: Path) -> None:
        parts = {path.name for path in (demo.root / "release").iterdir()}
        assert moved or {".mgonto.trig.part", ".mgonto.ttl.part", ".statements.tsv.part"} <= parts
        moved.append(target.name)
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    build(demo)
    assert moved == ["mgonto.trig", "mgonto.ttl", "statements.tsv"]


def test_the_merged_document_has_neither_shapes_nor_graphs(demo: Checkout) -> None:
    turtle = build_release(demo.root).files["mgonto.ttl"]
    assert b"{" not in turtle.split(b"\n\n", 1)[0] and b"mgo:moreMore" in turtle and b"owl:Ontology" in turtle
