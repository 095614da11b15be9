"""A store in a folder: the old state or the new one, and never half."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import mgonto
from mgonto.engine.disk import build_store, open_store, state_of
from mgonto.errors import MgontoError, UsageError
from mgonto.graph.loading import add_files
from mgonto.stores import persistent
from mgonto.stores.persistent import load_folder
from tests.stores.compare import canonical, the_release

MOMENTS = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the release in it, for those who only read."""
    place = tmp_path_factory.mktemp("folder") / "store"
    load_folder(place)
    return place


@pytest.fixture
def extra(tmp_path: Path) -> Path:
    path = tmp_path / "extra.ttl"
    path.write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    return path


def content(place: Path) -> frozenset[str]:
    return canonical(open_store(place).store)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mgonto", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_folder_holds_exactly_the_release_and_answers_as_memory_does(folder: Path) -> None:
    assert content(folder) == the_release()
    there, here = mgonto.load(store=folder), mgonto.load()
    for ask in ("explain", "shared"):
        asked = [
            getattr(kb, ask)("magnesium deficiency", "insulin resistance").to_json() for kb in (there, here)
        ]
        assert asked[0] == asked[1]
    assert there.coverage() == here.coverage() and there.counts() == here.counts()
    assert str(folder) in repr(there)


def test_a_second_load_does_nothing(folder: Path) -> None:
    before = state_of(folder)
    assert load_folder(folder) == (before, False)


def test_files_stand_beside_the_release_and_are_not_lost_unasked(tmp_path: Path, extra: Path) -> None:
    place = tmp_path / "store"
    load_folder(place, [extra])
    assert len(content(place)) == len(the_release()) + 1
    with pytest.raises(MgontoError) as caught:
        load_folder(place)
    assert "extra.ttl" in caught.value.message and "--replace" in caught.value.hint
    load_folder(place, replace=True)
    assert content(place) == the_release()


def test_a_new_folder_does_not_wait_for_the_digest_of_its_files(
    tmp_path: Path, extra: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading, digest = threading.Event(), persistent._digest

    def patient(parts: Sequence[bytes], files: Sequence[Path]) -> str:
        assert loading.wait(20), "the files are loaded only after their digest is made"
        return digest(parts, files)

    def load(*given: Any) -> None:
        loading.set()
        add_files(*given)

    monkeypatch.setattr(persistent, "_digest", patient)
    monkeypatch.setattr(persistent, "add_files", load)
    place = tmp_path / "store"
    state, _ = load_folder(place, [extra])
    assert state is not None and load_folder(place, [extra]) == (state, False)


def test_a_file_that_is_not_there_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(MgontoError) as caught:
        load_folder(tmp_path / "store", [tmp_path / "none.nq"])
    assert "none.nq" in caught.value.message and not (tmp_path / "store").exists()


def test_a_dry_run_makes_no_folder(tmp_path: Path) -> None:
    assert load_folder(tmp_path / "store", dry_run=True) == (None, True)
    assert not (tmp_path / "store").exists()


def test_a_folder_that_is_something_else_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    for attempt in (load_folder, lambda place: mgonto.load(store=place)):
        with pytest.raises(MgontoError):
            attempt(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["letter.txt"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MgontoError) as caught:
        mgonto.load(store=tmp_path / "none")
    assert "mgonto load --store" in caught.value.hint


def test_a_broken_file_leaves_the_old_state(tmp_path: Path) -> None:
    place, broken = tmp_path / "store", tmp_path / "broken.nt"
    broken.write_text("<urn:a> <urn:b> <urn:c> .\n<urn:a> oh\n", encoding="utf-8")
    load_folder(place)
    before = state_of(place)
    with pytest.raises(MgontoError) as caught:
        load_folder(place, [broken])
    assert "broken.nt:2" in caught.value.message and state_of(place) == before
    assert len(list(place.glob("generation-*"))) == 1


def test_a_reader_keeps_what_it_has_opened_while_a_load_goes_past(tmp_path: Path, extra: Path) -> None:
    place = tmp_path / "store"
    load_folder(place)
    reader = open_store(place)
    load_folder(place, [extra])
    load_folder(place, replace=True)
    assert canonical(reader.store) == the_release()
    assert reader.lock is not None
    reader.lock.close()
    load_folder(place, [extra])
    assert len(list(place.glob("generation-*"))) == 1, "what nobody reads is cleared away"


def test_two_writers_do_not_meet(tmp_path: Path) -> None:
    place = tmp_path / "store"

    def fill(store: object) -> None:
        with pytest.raises(MgontoError) as caught:
            build_store(place, lambda _: None, "0", "other")
        assert "another process" in caught.value.message

    build_store(place, fill, "0", "one")
    state = state_of(place)
    assert state is not None and state.source == "one"


def test_a_store_of_another_release_is_noted(tmp_path: Path) -> None:
    build_store(tmp_path / "store", lambda _: None, "0.0.1", "old")
    with pytest.warns(UserWarning, match=r"0\.0\.1"):
        mgonto.load(store=tmp_path / "store")


def test_a_store_takes_no_files_beside_it(folder: Path, extra: Path) -> None:
    with pytest.raises(UsageError):
        mgonto.load(extra, store=folder)


def test_the_command_line_loads_and_asks(tmp_path: Path, extra: Path) -> None:
    place = tmp_path / "store"
    assert run("load", "--store", place).returncode == 0
    asked = run("--store", place, "search", "insulin resist")
    assert asked.returncode == 0 and "insulin resistance" in asked.stdout
    refused = run("search", "insulin", "--store", place, "--data", extra)
    assert refused.returncode == 2 and len(refused.stderr.splitlines()) == 2
    missing = run("search", "insulin", "--store", tmp_path / "none")
    assert missing.returncode == 1 and len(missing.stderr.splitlines()) == 2


@pytest.mark.slow
def test_a_load_that_is_killed_leaves_the_old_state_or_none_and_a_second_gives_the_release(
    tmp_path: Path, extra: Path
) -> None:
    """Twenty random moments, from the first step of the command to past its last."""
    place = tmp_path / "store"
    command = [sys.executable, "-m", "mgonto", "load", "--store", str(place), "--replace"]
    older = tmp_path / "older"
    load_folder(older, [extra])
    started = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - started
    chosen = random.Random(7)
    seen = set()
    for moment in range(MOMENTS):
        place = tmp_path / f"store{moment}"
        command[-2] = str(place)
        if moment % 2:  # half of them on nothing, half on an older state
            shutil.copytree(older, place)
        before = state_of(place)
        loading = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chosen.uniform(0.05, 1.05) * whole)
        os.kill(loading.pid, signal.SIGKILL)
        loading.wait()
        state = state_of(place)
        if state is not None:
            expected = len(the_release()) + (state == before)
            assert len(open_store(place).store) == expected == state.triples
        seen.add("none" if state is None else "old" if state == before else "new")
        load_folder(place, replace=True)
        assert content(place) == the_release()
        assert len(list(place.glob("generation-*"))) == 1 and not list(place.glob(".*"))
    assert {"none", "old"} <= seen
