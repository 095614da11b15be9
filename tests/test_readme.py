"""The README is true: its commands, its output and its Python are what a reader gets."""

import re
import subprocess
import sys

import pytest


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
