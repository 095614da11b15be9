"""Record what each query of the library answers to its examples: `tests/query/rows/<query>.tsv`.

    python tools/recorded_rows.py            # write the files
    python tools/recorded_rows.py --check    # fail where an answer is not the recorded one

A file holds the columns, the first rows, and on its last line how many rows there are and a hash of them all.
A change of the evidence or of a query so shows, in review, which answers it changes.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

import mgonto
from mgonto.kb import KnowledgeBase

__all__ = ["FOLDER", "recorded"]

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "query" / "rows"
#: So many rows are shown; the hash speaks for the rest.
SHOWN = 20


def recorded(kb: KnowledgeBase, name: str) -> str:
    """Columns, first rows, count and hash of a query, with the examples of its header filled in."""
    given = {each.name: each.example for each in kb.queries[name].parameters if each.example is not None}
    head, *rows = kb.run(name, **given).to_csv("\t").splitlines()
    digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
    return "\n".join([head, *rows[:SHOWN], f"# {len(rows)} rows, sha256 {digest}"]) + "\n"


def main() -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail where an answer is not the recorded one")
    check = parser.parse_args().check
    kb = mgonto.load()
    made = {f"{name}.tsv": recorded(kb, name) for name in kb.queries}
    if check:
        old = {each.name: each.read_text(encoding="utf-8") for each in FOLDER.glob("*.tsv")}
        changed = sorted(name for name in made.keys() | old.keys() if made.get(name) != old.get(name))
        if changed:
            print(
                f"other answers than recorded: {', '.join(changed)}\n"
                "  where that is meant: python tools/recorded_rows.py",
                file=sys.stderr,
            )
        return 1 if changed else 0
    FOLDER.mkdir(exist_ok=True)
    for each in FOLDER.glob("*.tsv"):
        if each.name not in made:
            each.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
