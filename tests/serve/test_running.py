"""Starting and stopping, as whoever types the command meets it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from http.client import HTTPException

import pytest

from benchmarks.hostile import running
from tests.serve.talking import get

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SHORT = "SELECT (COUNT(*) AS ?n) { ?a a ?c . ?d a ?f FILTER(STRLEN(STR(?a)) > 9) }"  # a second or so


def gone(process):
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_0_and_leaves_no_process(how):
    with running() as server:
        family = server.family()
        assert len(family) == 4
        get(server, "ASK {}")
        server.process.send_signal(how)
        assert server.process.wait(10) == 0
        time.sleep(0.2)
        assert all(gone(each) for each in family)


def test_a_running_query_may_end_before_the_server_does():
    with running() as server:
        replies = []
        thread = threading.Thread(target=lambda: replies.append(get(server, SHORT)))
        thread.start()
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(15) == 0
        thread.join()
        assert replies[0].status == 200 and json.loads(replies[0].body)["results"]["bindings"]


def test_a_query_that_does_not_end_is_not_waited_for():
    with running() as server:
        thread = threading.Thread(target=lambda: _try(server))
        thread.start()
        time.sleep(0.5)
        family = server.family()
        begun = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert time.monotonic() - begun < 9
        thread.join()
        time.sleep(0.2)
        assert all(gone(each) for each in family)


def _try(server):
    with contextlib.suppress(OSError, HTTPException):
        get(server, ENDLESS)


def test_kill_9_leaves_no_process_behind():
    with running() as server:
        family = server.family()
        thread = threading.Thread(target=lambda: _try(server))
        thread.start()
        time.sleep(0.3)
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait(5)
        thread.join()
        time.sleep(1.5)
        assert all(gone(each) for each in family)


def command(*arguments, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "mgonto", "serve", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout, done.stderr


def two_lines(text):
    first, second = text.splitlines()
    assert first.startswith("mgonto: ") and second.startswith("  ")
    return first


def test_a_port_in_use_is_two_lines_and_exit_1():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, out, err = command("--port", str(taken.getsockname()[1]))
    assert (code, out) == (1, "") and "in use" in two_lines(err)


def test_a_host_that_is_none_is_two_lines_and_exit_2():
    code, _, err = command("--host", "no.such.host.invalid")
    assert code == 2 and "no.such.host.invalid" in two_lines(err)


def test_without_the_extra_it_says_how_to_get_it(tmp_path):
    (tmp_path / "uvicorn.py").write_text("raise ModuleNotFoundError('no', name='uvicorn')", encoding="utf-8")
    code, _, err = command(PYTHONPATH=str(tmp_path))
    assert code == 1 and "uvicorn" in two_lines(err) and "mgonto[web]" in err


def test_serve_and_an_endpoint_exclude_each_other():
    code, _, err = command("--endpoint", "http://127.0.0.1:1/sparql")
    assert code == 2 and "--data" in err
    two_lines(err)
