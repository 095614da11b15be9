"""Real servers: loaded, asked, and killed in the middle of it; the loading command is killed as well."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mgonto.engine.access import Access
from mgonto.errors import MgontoError
from mgonto.stores.client import TripleStore
from mgonto.stores.load import load_store, open_triple_store
from tests.servers import need
from tests.stores.compare import dump, the_release
from tools.servers import ENGINES, Server, oxigraph

#: Twenty together: moments at which the command is killed, and at which the server is.
COMMAND_MOMENTS, SERVER_MOMENTS = 12, 8


def opened(server: Server) -> TripleStore:
    access = Access(server.user, server.password)
    return open_triple_store(server.query_url, access, graphs=server.store_url, update=server.update_url)


def run(server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    known = {"MGONTO_USER": server.user, "MGONTO_PASSWORD": server.password} if server.user else {}
    env = {**os.environ, **{name: value for name, value in known.items() if value}}
    command = [sys.executable, "-m", "mgonto", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


@pytest.mark.parametrize("name", ["oxigraph", "virtuoso"])
def test_a_server_is_loaded_by_its_base_address_and_asked(name: str) -> None:
    need(name)
    with ENGINES[name].start() as server:
        base = server.query_url.rsplit("/", 1)[0]
        loaded = run(server, "load", base)
        assert loaded.returncode == 0, loaded.stderr
        assert "\twrite\t" in loaded.stdout and "8 graphs" in loaded.stderr
        again = run(server, "load", base)
        assert again.returncode == 0 and "nothing to do" in again.stderr and "write" not in again.stdout
        asked = run(server, "--endpoint", server.query_url, "search", "insulin resist")
        assert asked.returncode == 0 and "insulin resistance" in asked.stdout
        if name == "oxigraph":
            assert dump(server.store_url) == the_release()


def test_virtuoso_takes_nothing_from_a_stranger() -> None:
    need("virtuoso")
    with ENGINES["virtuoso"].start() as server:
        for password in (None, "wrong"):
            env = {**os.environ} | ({"MGONTO_USER": "dba", "MGONTO_PASSWORD": password} if password else {})
            command = [sys.executable, "-m", "mgonto", "load", server.query_url]
            refused = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
            assert refused.returncode == 4 and len(refused.stderr.splitlines()) == 2
            assert "401" in refused.stderr and "wrong" not in refused.stderr


def test_a_load_whose_command_is_killed_is_mended_by_the_same_load() -> None:
    need("oxigraph")
    chosen = random.Random(11)
    with oxigraph() as server:
        command = [sys.executable, "-m", "mgonto", "load", server.query_url, "-q"]
        started = time.monotonic()
        subprocess.run(command, check=True, capture_output=True)
        whole = time.monotonic() - started
        halves = 0
        for _ in range(COMMAND_MOMENTS):
            store = opened(server)
            for graph in store.graphs("https://w3id.org/mgonto/graph/"):
                store.drop(graph)
            loading = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chosen.uniform(0.3, 1) * whole)
            os.kill(loading.pid, signal.SIGKILL)
            loading.wait()
            halves += any(each.action == "write" for each in load_store(store))
            assert dump(server.store_url) == the_release()
        assert halves, "some of the moments lay in the middle of the load"


def test_a_load_whose_server_is_killed_is_mended_by_the_same_load(tmp_path: Path) -> None:
    need("oxigraph")
    chosen = random.Random(13)
    broken = 0
    for moment in range(SERVER_MOMENTS):
        folder = tmp_path / str(moment)
        with oxigraph(folder) as server:
            store = TripleStore(
                opened(server).preset, opened(server).preset.addresses(server.query_url), Access(), 60, 0
            )
            killer = threading.Timer(chosen.uniform(0, 1.5), os.kill, (server.pid, signal.SIGKILL))
            killer.start()
            try:
                load_store(store)
            except MgontoError as error:
                broken += 1
                assert error.exit_code == 4
            killer.join()
        with oxigraph(folder) as server:
            load_store(opened(server))
            assert dump(server.store_url) == the_release()
    assert broken, "some of the moments lay in the middle of the load"
