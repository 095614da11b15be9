"""The names that every layer shares: namespaces, prefixes, graphs, and how IRIs are shortened.

Imports nothing heavy: it stands before the first answer.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import curies

__all__ = [
    "BASE",
    "GRAPHS",
    "PREFIXES",
    "SERVER",
    "article_iri",
    "converter",
    "expand",
    "graph_iri",
    "local_name",
    "natural_key",
    "reference_iri",
    "section_iri",
    "sentence_iri",
    "shrink",
    "statement_iri",
]

BASE = "https://w3id.org/mgonto/"

#: What `mgonto serve` calls itself in the header of its answers.
SERVER = "mgonto"

#: Prefix to namespace; the order is the order in which a release declares them.
#: OBO prefixes stand one by one, so that `MONDO:0005044` and not `obo:MONDO_0005044` is written and read.
PREFIXES: MappingProxyType[str, str] = MappingProxyType(
    {
        "mgo": BASE,
        "owl": "http://www.w3.org/2002/07/owl#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "dcterms": "http://purl.org/dc/terms/",
        "sh": "http://www.w3.org/ns/shacl#",
        "obo": "http://purl.obolibrary.org/obo/",
        "BFO": "http://purl.obolibrary.org/obo/BFO_",
        "biolink": "https://w3id.org/biolink/vocab/",
        "bioregistry": "https://bioregistry.io/registry/",
        "CDNO": "http://purl.obolibrary.org/obo/CDNO_",
        "CHEBI": "http://purl.obolibrary.org/obo/CHEBI_",
        "CHMO": "http://purl.obolibrary.org/obo/CHMO_",
        "CL": "http://purl.obolibrary.org/obo/CL_",
        "CMO": "http://purl.obolibrary.org/obo/CMO_",
        "DOID": "http://purl.obolibrary.org/obo/DOID_",
        "ECO": "http://purl.obolibrary.org/obo/ECO_",
        "ECTO": "http://purl.obolibrary.org/obo/ECTO_",
        "EFO": "http://www.ebi.ac.uk/efo/EFO_",
        "ENVO": "http://purl.obolibrary.org/obo/ENVO_",
        "FOODON": "http://purl.obolibrary.org/obo/FOODON_",
        "FPLX": "https://identifiers.org/fplx:",
        "GO": "http://purl.obolibrary.org/obo/GO_",
        "HANCESTRO": "http://purl.obolibrary.org/obo/HANCESTRO_",
        "HGNC": "https://identifiers.org/hgnc:",
        "HP": "http://purl.obolibrary.org/obo/HP_",
        "IAO": "http://purl.obolibrary.org/obo/IAO_",
        "LOINC": "http://loinc.org/rdf/",
        "MAXO": "http://purl.obolibrary.org/obo/MAXO_",
        "MEDGEN": "https://www.ncbi.nlm.nih.gov/medgen/",
        "MESH": "http://id.nlm.nih.gov/mesh/",
        "MGO": BASE + "MGO_",
        "MONDO": "http://purl.obolibrary.org/obo/MONDO_",
        "NCBITaxon": "http://purl.obolibrary.org/obo/NCBITaxon_",
        "NCIT": "http://purl.obolibrary.org/obo/NCIT_",
        "OBA": "http://purl.obolibrary.org/obo/OBA_",
        "OBI": "http://purl.obolibrary.org/obo/OBI_",
        "ONS": "http://purl.obolibrary.org/obo/ONS_",
        "PATO": "http://purl.obolibrary.org/obo/PATO_",
        "PR": "http://purl.obolibrary.org/obo/PR_",
        "PW": "http://purl.obolibrary.org/obo/PW_",
        "reactome": "https://identifiers.org/reactome:",
        "RO": "http://purl.obolibrary.org/obo/RO_",
        "semapv": "https://w3id.org/semapv/vocab/",
        "SNOMEDCT": "http://snomed.info/id/",
        "sssom": "https://w3id.org/sssom/",
        "STATO": "http://purl.obolibrary.org/obo/STATO_",
        "UBERON": "http://purl.obolibrary.org/obo/UBERON_",
        "UMLS": "https://uts.nlm.nih.gov/uts/umls/concept/",
        "UniProt": "http://purl.uniprot.org/uniprot/",
        "VT": "http://purl.obolibrary.org/obo/VT_",
        "wikipathways": "https://identifiers.org/wikipathways:",
        "XCO": "http://purl.obolibrary.org/obo/XCO_",
    }
)

#: The named graphs of a release, in the order in which it writes them (without the article's own part).
GRAPHS = ("ontology", "mappings", "evidence", "edges", "edges-hypothesised", "audit", "inferred", "shapes")

_BY_LENGTH = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))


def graph_iri(name: str) -> str:
    """The IRI of a named graph.

    >>> graph_iri("evidence/foroudastan-2025")
    'https://w3id.org/mgonto/graph/evidence/foroudastan-2025'
    """
    return f"{BASE}graph/{name}"


def article_iri(article: str) -> str:
    """The IRI of an article, by its folder's name."""
    return f"{BASE}article/{article}"


def sentence_iri(article: str, locator: str) -> str:
    """The IRI of a sentence.

    >>> sentence_iri("foroudastan-2025", "S09.P02.N05")
    'https://w3id.org/mgonto/article/foroudastan-2025/S09.P02.N05'
    """
    return f"{BASE}article/{article}/{locator}"


def section_iri(article: str, section: str) -> str:
    """The IRI of a section or table, such as S09 or T2."""
    return f"{BASE}article/{article}/{section}"


def reference_iri(article: str, number: int) -> str:
    """The IRI of a numbered reference of an article."""
    return f"{BASE}article/{article}/ref/{number}"


def statement_iri(article: str, locator: str, number: int) -> str:
    """The IRI of a statement: its sentence and its number there.

    >>> statement_iri("foroudastan-2025", "S09.P02.N05", 1)
    'https://w3id.org/mgonto/statement/foroudastan-2025/S09.P02.N05.1'
    """
    return f"{BASE}statement/{article}/{locator}.{number}"


def expand(curie: str) -> str | None:
    """The IRI of a CURIE with a known prefix (in any case, or by another of its names), else None.

    >>> expand("CHEBI:18420")
    'http://purl.obolibrary.org/obo/CHEBI_18420'
    >>> expand("SCTID:38341003") == expand("snomedct:38341003")
    True
    >>> expand("magnesium") is None
    True
    """
    prefix, colon, rest = curie.partition(":")
    if not colon or not rest or rest.startswith("//"):
        return None
    folded = prefix.casefold()
    namespace = PREFIXES.get(prefix) or _FOLDED.get(_SYNONYMS.get(folded, folded))
    return namespace + rest if namespace else None


# `mgo` and `MGO` differ by case alone: exact case goes first, and folding keeps the first declared.
_FOLDED: dict[str, str] = {}
for _prefix, _namespace in PREFIXES.items():
    _FOLDED.setdefault(_prefix.casefold(), _namespace)


#: Other names under which people write a prefix, as the Bioregistry lists them; in lower case.
_SYNONYMS = {
    "do": "doid",
    "famplex": "fplx",
    "hpo": "hp",
    "lnc": "loinc",
    "medgen.uid": "medgen",
    "nci": "ncit",
    "ncithesaurus": "ncit",
    "pro": "pr",
    "sctid": "snomedct",
    "snomed": "snomedct",
    "snomedct_us": "snomedct",
    "swissprot": "uniprot",
    "umls_cui": "umls",
    "umls.cui": "umls",
    "uniprotkb": "uniprot",
}


def converter() -> curies.Converter:
    """The same prefixes as a `curies` converter, for those who work with many identifiers.

    OBO's own prefix is left out: in such a converter an IRI has one CURIE.

    >>> converter().compress("http://purl.obolibrary.org/obo/CHEBI_18420")
    'CHEBI:18420'
    """
    import curies

    single = {prefix: iri for prefix, iri in PREFIXES.items() if prefix not in ("obo", "MGO")}
    return curies.Converter.from_prefix_map(single)


def shrink(iri: str) -> str:
    """The CURIE of an IRI where a prefix fits, else the IRI itself.

    >>> shrink("http://purl.obolibrary.org/obo/CHEBI_18420"), shrink("https://w3id.org/mgonto/MGO_0000101")
    ('CHEBI:18420', 'MGO:0000101')
    """
    for prefix, namespace in _BY_LENGTH:
        if iri.startswith(namespace):
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri


def natural_key(name: str) -> tuple[tuple[bool, int, str], ...]:
    """By what names with numbers in them are sorted as people count: 2 before 10.

    >>> sorted(["S18.P01.N04.10", "S18.P01.N04.2"], key=natural_key)
    ['S18.P01.N04.2', 'S18.P01.N04.10']
    """
    parts = re.split(r"(\d+)", name)
    return tuple((part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts if part)


def local_name(iri: str) -> str:
    """What stands after the last slash or hash.

    >>> local_name("https://w3id.org/mgonto/Established")
    'Established'
    """
    return iri.replace("#", "/").rsplit("/", 1)[-1]
