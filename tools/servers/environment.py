"""The environment that the servers run from: pinned packages in a folder of their own."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.gate.environment import env_python, is_replaceable
from tools.servers.process import ServerError

__all__ = ["ENV_VARIABLE", "REQUIREMENTS", "env_directory", "env_python", "is_made", "make_environment"]

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"
DEFAULT_ENV = HERE.parent.parent / ".server-env"
ENV_VARIABLE = "MGONTO_SERVER_ENV"
STAMP = "server-stamp"


def env_directory() -> Path:
    """The environment's folder: as the variable MGONTO_SERVER_ENV says, else `.server-env`."""
    named = os.environ.get(ENV_VARIABLE)
    return Path(named).absolute() if named else DEFAULT_ENV


def is_made(env: Path | None = None) -> bool:
    """Whether the environment was finished for these requirements."""
    folder = env or env_directory()
    try:
        return (folder / STAMP).read_text("utf-8").strip() == _stamp() and env_python(folder).exists()
    except (OSError, UnicodeDecodeError):
        return False


def make_environment(env: Path | None = None) -> Path:
    """Make the environment where it is not there yet, and return its folder.

    It is made beside its place and moved there when it is whole, so that a broken-off run leaves no half.

    Raises:
        ServerError: it cannot be made, or the folder holds something that is no environment.
    """
    folder = env or env_directory()
    if is_made(folder):
        return folder
    if folder.exists() and not is_replaceable(folder):
        raise ServerError(f"{folder} is not a Python environment", f"name a new folder with {ENV_VARIABLE}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{folder.name}-", dir=folder.parent) as scratch:
            fresh = Path(scratch) / "env"
            _install(fresh)
            (fresh / STAMP).write_text(_stamp() + "\n", encoding="utf-8")
            if not is_made(folder):  # another run may have been faster
                shutil.rmtree(folder, ignore_errors=True)
                fresh.replace(folder)
    except OSError as error:
        raise ServerError(
            f"cannot make {folder}: {error}", f"name another folder with {ENV_VARIABLE}"
        ) from error
    return folder


def _stamp() -> str:
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()


def _install(env: Path) -> None:
    # Scripts of an environment name its folder in their first line, so none of them is ever called after
    # the move: programs are, and modules by the interpreter.
    pip = [
        str(env_python(env)),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-deps",
    ]
    for command in ([sys.executable, "-m", "venv", str(env)], [*pip, "--requirement", str(REQUIREMENTS)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
            reason = next((line for line in reversed(said) if "ERROR" in line), said[-1])
            raise ServerError(
                f"cannot make the servers' environment: {reason}",
                "check the network and that `python -m venv` works",
            )
