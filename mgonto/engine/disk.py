"""A store on disk that is old or new, and never half: built aside, then named by one small file.

A folder holds generations, each a store of its own that nobody changes once it is done, and `current.json`,
which names the one that counts and is replaced in one step. A load that is killed leaves a generation that no
file names; the next load clears it away. A reader holds a shared lock on its generation, so that it is not
cleared away under him; a writer holds a lock on the folder, and both locks end with their process.
"""

from __future__ import annotations

import json
import os
import shutil
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import pyoxigraph as ox

from mgonto.errors import MgontoError

__all__ = ["Held", "OpenStore", "StoreState", "build_store", "open_store", "state_of"]

_KIND = "mgonto store 1"
_MARK = "mgonto-store"
_CURRENT = "current.json"
_LOCK = "lock"
_GENERATION = "generation-"
_IN_USE = "in-use"


@dataclass(frozen=True, slots=True)
class StoreState:
    """What a folder holds.

    Args:
        generation: the name of its store.
        release: the version of the bundled release in it.
        triples: how many quads there are.
        source: a digest of all that was loaded.
        files: the files that were loaded on top of the release.
    """

    generation: str
    release: str
    triples: int
    source: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenStore:
    """A store that is open for reading, what it holds, and the lock that keeps it there."""

    store: ox.Store
    state: StoreState
    lock: Held | None = None


class Held:
    """A shared lock, for as long as this lives."""

    def __init__(self, path: Path) -> None:
        self._handle: int | None = os.open(path, os.O_RDONLY)
        _take(self._handle, exclusive=False)

    def close(self) -> None:
        """Let go of it."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def __del__(self) -> None:
        self.close()


def state_of(folder: Path) -> StoreState | None:
    """What a folder holds; None where no load has come to its end yet.

    Raises:
        MgontoError: the folder is something else.
    """
    if not folder.exists() or (folder.is_dir() and _is_blank(folder)):
        return None
    if not folder.is_dir() or _mark_of(folder) != _KIND:
        raise MgontoError(
            f"{folder} is no store of mgonto",
            "name a folder that is empty or not there: it is made by the load",
        )
    try:
        found = json.loads((folder / _CURRENT).read_text("utf-8"))
        return StoreState(
            str(found["generation"]),
            str(found["release"]),
            int(found["triples"]),
            str(found["source"]),
            tuple(map(str, found["files"])),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MgontoError(
            f"{folder / _CURRENT} cannot be read: {error}", "remove the folder, and load it again"
        ) from error


def open_store(folder: Path) -> OpenStore:
    """Open what a folder holds, for reading; a load beside it does not disturb.

    Raises:
        MgontoError: there is no store, or it is damaged.
    """
    for _ in range(100):  # each time round, a load has replaced what was just read
        state = state_of(folder)
        if state is None:
            raise MgontoError(f"there is no store in {folder}", f"make one: mgonto load --store {folder}")
        place = folder / state.generation
        try:
            lock = Held(place / _IN_USE)
            if state_of(folder) != state:
                continue
            return OpenStore(ox.Store.read_only(str(place)), state, lock)
        except OSError as error:
            if state_of(folder) == state:
                raise MgontoError(
                    f"{place} cannot be opened: {error}",
                    f"load it again: mgonto load --store {folder} --replace",
                ) from error
    raise MgontoError(f"{folder} is being loaded again and again", "open it when the loads are through")


def build_store(
    folder: Path,
    fill: Callable[[ox.Store], None],
    release: str,
    source: str | Callable[[], str],
    files: tuple[str, ...] = (),
) -> StoreState:
    """Make a new generation, and let it be the one that counts.

    Args:
        folder: made where it is not there.
        fill: puts everything into an empty store.
        release, source, files: as in `StoreState`; the source may be told when the store is full.

    Raises:
        MgontoError: the folder is something else, cannot be written, or is being loaded by somebody else.
    """
    state_of(folder)
    try:
        with _writing(folder):
            before = state_of(folder)
            _clear(folder, before.generation if before else None)
            place = folder / f"{_GENERATION}{uuid4().hex[:12]}"
            place.mkdir()
            try:
                triples = _filled(place, fill)
            except BaseException as error:
                # The frames of what failed hold the store open, and it goes on writing until it is closed.
                traceback.clear_frames(error.__traceback__)
                shutil.rmtree(place, ignore_errors=True)
                raise
            (place / _IN_USE).touch()
            _sync_all(place)
            told = source if isinstance(source, str) else source()
            state = StoreState(place.name, release, triples, told, files)
            _write(folder / _CURRENT, json.dumps(asdict(state), indent=1) + "\n")
            _clear(folder, state.generation)
            return state
    except OSError as error:
        raise MgontoError(
            f"cannot write {folder}: {error.strerror or error}",
            "choose a folder that you may write to, with room",
        ) from error


def _filled(place: Path, fill: Callable[[ox.Store], None]) -> int:
    """Fill a store, and close it; how many quads it has."""
    store = ox.Store(str(place))
    fill(store)
    store.flush()
    return len(store)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """The one writer of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    if _mark_of(folder) is None:
        _write(folder / _MARK, _KIND + "\n")
    with (folder / _LOCK).open("ab") as lock:
        if not _take(lock.fileno(), exclusive=True):
            raise MgontoError(
                f"{folder} is being loaded by another process",
                "wait till it is through, or name another folder",
            )
        yield


def _is_blank(folder: Path) -> bool:
    """Whether nothing is in a folder, or only what a load has left that was killed in its first moment."""
    return all(each.name == f".{_MARK}.part" for each in folder.iterdir())


def _mark_of(folder: Path) -> str | None:
    try:
        return (folder / _MARK).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _clear(folder: Path, keep: str | None) -> None:
    """Remove what no file names and nobody reads: old generations, and what killed loads have left."""
    for place in folder.glob(f"{_GENERATION}*"):
        if place.name == keep:
            continue
        try:
            with (place / _IN_USE).open("ab") as lock:
                if not _take(lock.fileno(), exclusive=True):
                    continue
        except OSError:
            pass  # it has not got that far
        shutil.rmtree(place, ignore_errors=True)
    for each in folder.glob(".*.part"):
        each.unlink(missing_ok=True)


def _take(lock: int, exclusive: bool) -> bool:
    """Lock an open file for as long as it is open; False where somebody else has it."""
    try:
        import fcntl
    except ImportError:  # Windows: only the writer's lock; a folder that is read there cannot be removed
        return not exclusive or _take_on_windows(lock)
    with suppress(OSError):
        fcntl.flock(lock, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        return True
    return False


def _take_on_windows(lock: int) -> bool:
    import msvcrt

    with suppress(OSError):
        os.lseek(lock, 0, os.SEEK_SET)
        msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        return True
    return False


def _write(path: Path, text: str) -> None:
    """Replace a file in one step that outlasts a loss of power."""
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(part, path)
    _sync(path.parent)


def _sync_all(folder: Path) -> None:
    for each in folder.rglob("*"):
        if each.is_file():
            _sync(each)
    _sync(folder)


def _sync(path: Path) -> None:
    with suppress(OSError):  # not every system lets a folder be synchronised
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
