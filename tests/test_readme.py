"""The README is true: its commands, its output and its Python are what a reader gets."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import IN_CI
from tools.servers.process import free_port


@pytest.fixture(scope="module")
def readme(root):
    return (root / "README.md").read_text(encoding="utf-8")


def blocks(text, language):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_output_shown_is_what_the_command_prints(readme, root):
    (shown,) = blocks(readme, "text")
    done = subprocess.run(
        [sys.executable, "-m", "mgonto", "explain", "magnesium deficiency", "insulin resistance"],
        capture_output=True,
        cwd=root,
        env={"PYTHONIOENCODING": "utf-8"},
        check=True,
    )
    printed = done.stdout.decode("utf-8").splitlines()
    for line in shown.splitlines():
        assert line in printed


def test_the_python_example_runs_and_answers(readme, capsys):
    for example in blocks(readme, "python"):
        exec(compile(example, "README.md", "exec"), {})
    out = capsys.readouterr().out
    assert "GLUT4 cell-surface stabilisation" in out and "S09.P02.N05" in out


def test_every_verb_of_the_table_exists(readme):
    from mgonto.cli.main import command_line, verb_of

    app = command_line()
    known = {verb_of(command) for command in app.registered_commands}
    known |= {group.name for group in app.registered_groups if group.name}
    named: set[str] = set()
    for row in re.findall(r"^\| (`.*?) \|", readme, re.MULTILINE):
        named.update(cell.split()[0] for cell in re.findall(r"`([^`]+)`", row))
    assert named == known


def test_every_place_of_the_map_exists(readme, root):
    (section,) = re.findall(r"^## Where things are\n(.*?)^## ", readme, re.MULTILINE | re.DOTALL)
    for place in re.findall(r"\b([a-z]+)/(?= )", section):
        assert (root / place).is_dir(), place


def test_the_three_commands_load_a_server_and_ask_it(readme, root):
    (section,) = re.findall(r"^## In a triple store\n(.*?)^## ", readme, re.MULTILINE | re.DOTALL)
    (block,) = blocks(section, "sh")
    start, load, ask = block.splitlines()
    assert start.endswith(" &")
    server = Path(sys.executable).with_name("oxigraph")
    if not server.exists() and not IN_CI:
        pytest.skip("needs the Oxigraph server: pip install 'mgonto[server]'")
    port, python = str(free_port()), f"'{sys.executable}' -m mgonto"
    script = f"{start}\n{load} && {ask}\ncode=$?\nkill %1\nexit $code\n"
    script = script.replace(".venv/bin/oxigraph", f"'{server}'").replace(".venv/bin/mgonto", python)
    running = subprocess.Popen(
        ["bash", "-c", script.replace("7878", port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=root,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        start_new_session=True,
    )
    try:
        out, err = running.communicate(timeout=120)
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
    assert running.returncode == 0, err.decode()
    assert "magnesium deficiency → insulin resistance" in out.decode()
