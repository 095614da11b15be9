"""Print the commands of the README's quick start, one a line and word for word.

usage: quick_start.py README.md

Exits 1 unless the first code block under the heading "Quick start" holds exactly two commands.
"""

import sys
from pathlib import Path

__all__ = ["commands"]


def commands(text: str) -> list[str]:
    r"""Return the lines of the first fenced code block under "Quick start", blank ones left out.

    >>> commands("# A\n```\nno\n```\n## Quick start\n```sh\none --x\n\ntwo\n```\n## B\n```\nno\n```\n")
    ['one --x', 'two']
    >>> commands("## Quick start\nNothing.\n## B\n```\nno\n```\n")
    []
    """
    inside_section = inside_block = False
    found = []
    for line in text.splitlines():
        if line.startswith("```"):
            if inside_section and inside_block:
                break
            inside_block = not inside_block
        elif inside_block:
            if inside_section and line.strip():
                found.append(line)
        elif line.startswith("#"):
            inside_section = line.lstrip("#").strip() == "Quick start"
    return found


def main() -> None:
    """Print the commands of the file that the command line names."""
    found = commands(Path(sys.argv[1]).read_text(encoding="utf-8"))
    if len(found) != 2:
        sys.exit(f"the quick start of {sys.argv[1]} must hold exactly two commands, not {len(found)}")
    print("\n".join(found))


if __name__ == "__main__":
    main()
