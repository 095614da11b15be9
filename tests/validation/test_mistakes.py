"""Mistakes as people and scripts make them, beside the mutants: each is refused, or legal for a reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml

from mgonto.validation.data import bundled_store, read_source
from mgonto.validation.validate import validate_files

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Mistake:
    """A file with one thing wrong; `legal` is the reason where it is not wrong after all."""

    name: str
    file: str
    text: str
    encoding: str
    legal: str | None

    def __str__(self) -> str:
        return self.name


def read() -> tuple[dict[str, tuple[str, str]], list[Mistake]]:
    """The sound files by group, and every mistake."""
    told = yaml.safe_load((Path(__file__).parent / "mistakes.yaml").read_text(encoding="utf-8"))
    sound, mistakes = {}, []
    for group, each in told.items():
        sound[group] = (each["file"], each["text"])
        for one in each["mistakes"]:
            assert "text" in one or one["old"] in each["text"], one["name"]
            text = one.get("text") or each["text"].replace(one["old"], one["new"])
            name = f"{group}: {one['name']}"
            encoding = one.get("encoding", "utf-8")
            mistakes.append(Mistake(name, each["file"], text, encoding, one.get("legal")))
    return sound, mistakes


SOUND, MISTAKES = read()


def is_caught(path: Path, bundle: ox.Store) -> bool:
    """Whether the reader, a shape or a check says more than advice of a file."""
    if read_source(path, bundle).problems:
        return True
    return any(each.severity != "info" for each in validate_files([path]).results)


def test_the_mistakes_are_many_and_have_names_of_their_own() -> None:
    assert len(MISTAKES) >= 250
    assert len({each.name for each in MISTAKES}) == len(MISTAKES)


@pytest.mark.parametrize("group", SOUND)
def test_the_file_before_the_slip_is_sound(tmp_path: Path, group: str) -> None:
    name, text = SOUND[group]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert [str(each) for each in validate_files([path]).at_least("warning")] == []


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_refused_or_legal_for_a_reason(tmp_path: Path, mistake: Mistake) -> None:
    path = tmp_path / mistake.file
    path.write_text(mistake.text, encoding=mistake.encoding)
    assert is_caught(path, bundled_store()) is (mistake.legal is None)
