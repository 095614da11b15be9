"""docs/explain.md is true: its commands run, and its table has every hop kind."""

import os
import re
import shlex
import subprocess
import sys

import pytest

from mgonto.query.steps import ALWAYS, HOP_KINDS
from mgonto.resources import checkout_root

ROOT = checkout_root()
PAGE = (ROOT / "docs" / "explain.md").read_text(encoding="utf-8") if ROOT else ""
COMMANDS = re.findall(r"^    mgonto (.*)$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_page_runs_and_answers(command, tmp_path):
    assert ROOT is not None
    done = subprocess.run(
        [sys.executable, "-m", "mgonto", *shlex.split(command)],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert done.returncode == 0, err
    assert out.strip() or list(tmp_path.iterdir())
    assert "no path" not in out.splitlines()


def test_the_table_names_every_hop_kind():
    rows = re.findall(r"^\| ([a-z, ]+) \|", PAGE, re.MULTILINE)
    named = {name for row in rows for name in row.split(", ")} - {"kind"}
    assert named == {*ALWAYS, *HOP_KINDS}
