"""A new article: its folder, made whole or not at all."""

import os
from pathlib import Path

import pytest
import yaml

from mgonto.errors import MgontoError
from mgonto.sources.scaffold import ListedReference, find_references, scaffold_article
from mgonto.sources.sentences import index_article, read_index

LUNITE = (Path(__file__).parent / "data" / "lunite.md").read_text(encoding="utf-8")


def test_the_folder_of_a_new_article(tmp_path: Path):
    root = tmp_path / "evidence"
    made = scaffold_article("lunite-2031", LUNITE, root)
    folder = root / "lunite-2031"
    parts = ["S01", "S02", "S03", "S04", "S05", "S06", "T1"]
    assert [path.name for path in made] == [
        *(f"{part}.yaml" for part in parts),
        "article.yaml",
        "sentences.tsv",
    ]
    assert sorted(folder.iterdir()) == sorted(made)
    assert [each.name for each in root.iterdir()] == ["lunite-2031"]
    assert read_index(folder / "sentences.tsv") == index_article(LUNITE)


def test_every_sentence_is_an_empty_key(tmp_path: Path):
    made = scaffold_article("lunite-2031", LUNITE, tmp_path)
    keys: list[str] = []
    for path in made:
        if path.stem[0] in "ST":
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            assert all(value == [] and key.startswith(f"{path.stem}.") for key, value in content.items())
            keys += content
    assert sorted(keys) == sorted(row.locator for row in index_article(LUNITE))
    assert "S01.P01.N01: []  # to do\n" in (tmp_path / "lunite-2031" / "S01.yaml").read_text(encoding="utf-8")


def test_no_sentence_of_the_text_is_kept(tmp_path: Path):
    made = scaffold_article("lunite-2031", LUNITE, tmp_path)
    for path in made:
        content = path.read_text(encoding="utf-8")
        for words in ("mineral that nobody", "ringing fades", "dream of bells.", "Garden pond"):
            assert words in LUNITE and words not in content


def test_the_record_holds_what_the_text_tells(tmp_path: Path):
    scaffold_article("lunite-2031", LUNITE, tmp_path)
    record = yaml.safe_load((tmp_path / "lunite-2031" / "article.yaml").read_text(encoding="utf-8"))
    assert record["title"] == "Lunite and the tides of the inner ear"
    assert [each["number"] for each in record["references"]] == [1, 2, 3, 4, 5, 6]
    assert record["references"][0] == {
        "number": 1,
        "first_author": "Brook A",
        "year": 2019,
        "title": "The ringing of bricks",
        "doi": "10.5555/jmm.2019(4)2",
        "pmid": "10000001",
        "pmcid": "PMC1000001",
    }


def test_references_that_a_page_parted_or_that_say_little():
    found = {each.number: each for each in find_references(LUNITE)}
    assert found[2] == ListedReference(2, "Dale C", "2020", "Humming in old walls", "10.5555/wl.2020.1")
    assert found[3].title == "What do cages hold?"
    assert found[4].pmid == "10000004"
    assert found[5] == ListedReference(5, year="2018")
    assert found[6].doi == "10.5555/sm_2023-3"


def test_a_cited_number_without_a_list_gets_its_place(tmp_path: Path):
    scaffold_article("bells", "## Introduction\n\nIt rang.[2,4]", tmp_path)
    record = yaml.safe_load((tmp_path / "bells" / "article.yaml").read_text(encoding="utf-8"))
    assert [each["number"] for each in record["references"]] == [2, 4]
    assert find_references("It rang.") == ()


def test_a_title_with_quotes_and_colons_is_sound_yaml(tmp_path: Path):
    scaffold_article("bells", '# On "bells": #1\n\n## Abstract\n\nIt rang.', tmp_path)
    record = yaml.safe_load((tmp_path / "bells" / "article.yaml").read_text(encoding="utf-8"))
    assert record["title"] == 'On "bells": #1'
    assert record["references"] == []


def test_a_table_amid_a_section_makes_one_file_each(tmp_path: Path):
    text = "## One\n\nIt rang.\n\nTable 1. Bells\n\nBell\tTone\nOld\tLow\n\nIt fell."
    made = scaffold_article("bells", text, tmp_path)
    assert [path.name for path in made] == ["S01.yaml", "T1.yaml", "article.yaml", "sentences.tsv"]
    assert list(yaml.safe_load(made[0].read_text(encoding="utf-8"))) == ["S01.P01.N01", "S01.P02.N01"]


@pytest.mark.parametrize(
    "slug", ["", "Lunite", "lunite 2031", "../lunite", "lunite/2031", "lünite", "lunite\n"]
)
def test_an_unfit_name_is_refused(tmp_path: Path, slug: str):
    with pytest.raises(MgontoError, match="is no name for an article") as caught:
        scaffold_article(slug, LUNITE, tmp_path / "evidence")
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "# Title", "## References\n\n1. Elm F. Bells."])
def test_a_text_without_sentences_is_refused(tmp_path: Path, text: str):
    with pytest.raises(MgontoError, match="no sentences"):
        scaffold_article("bells", text, tmp_path / "evidence")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path):
    folder = tmp_path / "bells"
    folder.mkdir()
    with pytest.raises(MgontoError, match="is there already"):
        scaffold_article("bells", LUNITE, tmp_path)
    assert list(folder.iterdir()) == [] and list(tmp_path.iterdir()) == [folder]


def test_a_failure_on_the_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", fail)
    with pytest.raises(MgontoError, match="No space left"):
        scaffold_article("bells", LUNITE, tmp_path / "evidence")
    assert list(tmp_path.iterdir()) == []


# -- the article of the project --------------------------------------------------------------------------


def test_the_record_agrees_with_the_reference_list_of_the_article(article: Path, root: Path):
    record = yaml.safe_load(
        (root / "evidence" / "foroudastan-2025" / "article.yaml").read_text(encoding="utf-8")
    )
    told = {each.number: each for each in find_references(article.read_text(encoding="utf-8"))}
    assert sorted(told) == [each["number"] for each in record["references"]] == list(range(1, 27))
    for each in record["references"]:
        one = told[each["number"]]
        assert (each["first_author"], str(each["year"]), each["title"]) == (
            one.first_author,
            one.year,
            one.title,
        )
        assert (each.get("doi", ""), each.get("pmid", ""), each.get("pmcid", "")) == (
            one.doi,
            one.pmid,
            one.pmcid,
        )


def test_every_reference_of_the_project_has_a_kind_and_what_told_it(root: Path):
    record = yaml.safe_load(
        (root / "evidence" / "foroudastan-2025" / "article.yaml").read_text(encoding="utf-8")
    )
    about = {"species", "population", "intervention", "outcomes"}
    for each in record["references"]:
        assert each["kind"] and each["kind_basis"]
        assert ("about_basis" in each) == bool(about & each.keys())
