"""Every call and command of docs/questions.md runs, and the sentences that it names are what comes."""

import ast
import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

import mgonto
import mgonto.kb
from mgonto.cli.main import run
from tests.questions.test_questions import EXPECTED, Expected

PAGE = Path(__file__).resolve().parents[2] / "docs" / "questions.md"
PLACE = re.compile(r"\b(?:S\d+\.P\d+\.N\d+|T\d+\.R\d+)\b")


@dataclass(frozen=True)
class Question:
    """A question of the page."""

    number: int
    asks: str
    #: Its row in expected.tsv, where it has one.
    expected: Expected | None
    language: str
    code: str
    answer: str
    sentences: frozenset[str]


def read_page(text: str) -> list[Question]:
    """The questions of the page, in order."""
    found = []
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        head, _, body = part.partition("\n")
        number, _, asks = head.partition(". ")
        block = re.search(r"^```(\w+)\n(.*?)^```\n(.*?)\nSentences: (.*?)\n(?=\n|$)", body, re.M | re.S)
        assert block, f"question {number} has no code, no answer or no sentences"
        language, code, answer, sentences = block.groups()
        assert sentences == "none" or PLACE.search(sentences)
        known = re.search(r"<!-- (Q\d+) -->", body)
        found.append(
            Question(
                int(number),
                asks,
                EXPECTED[known[1]] if known else None,
                language,
                code,
                " ".join(answer.split()),
                frozenset(PLACE.findall(sentences)),
            )
        )
    return found


QUESTIONS = read_page(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def kb():
    return mgonto.load()


def answers(question, kb, capsys):
    """What each call or command of a question gives, as JSON text."""
    if question.language == "python":
        for statement in ast.parse(question.code).body:
            found = eval(compile(ast.Expression(statement.value), "page", "eval"), {"kb": kb})
            yield found.to_json()
        return
    for line in question.code.splitlines():
        assert line.startswith("$ mgonto ")
        with pytest.raises(SystemExit) as stop:
            run([*shlex.split(line)[2:], "-f", "json"])
        told = capsys.readouterr()
        assert (stop.value.code, told.err) == (0, ""), told.err
        yield told.out


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: f"{each.number}")
def test_the_answer_is_what_the_page_says(question, kb, capsys, monkeypatch):
    monkeypatch.setattr(mgonto.kb, "load", lambda *files: kb)
    monkeypatch.chdir(PAGE.parents[1])
    given = list(answers(question, kb, capsys))
    assert given and all(json.loads(each) for each in given), "a call that finds nothing answers nothing"
    text = "\n".join(given)
    assert set(PLACE.findall(text)) == question.sentences
    if question.expected:
        assert question.sentences - question.expected.may_add == question.expected.sentences
        assert len(given) == 1, "one call, or one query file"
        assert not [each for each in question.expected.terms if each not in text]


def test_the_page_has_the_twenty_questions_and_more_of_each_kind():
    assert {each.expected.question for each in QUESTIONS if each.expected} == set(EXPECTED)
    assert sum(each.expected is None for each in QUESTIONS) >= 30
    assert [each.number for each in QUESTIONS] == list(range(1, len(QUESTIONS) + 1))
    assert len({each.asks for each in QUESTIONS}) == len({each.code for each in QUESTIONS}) == len(QUESTIONS)
    assert all(each.asks.endswith("?") and len(each.answer.split()) >= 2 for each in QUESTIONS)
    assert {each.language for each in QUESTIONS} == {"python", "console"}
    code = "".join(each.code for each in QUESTIONS)
    helpers = ("explain", "loops", "shared", "compare", "members", "support", "without")
    assert [name for name in helpers if f"kb.{name}(" not in code and f"mgonto {name} " not in code] == []


def test_the_page_is_read_as_it_stands():
    assert len(QUESTIONS) == PAGE.read_text(encoding="utf-8").count("\n### ")
    with pytest.raises(AssertionError, match="question 1 has no code"):
        read_page("### 1. What?\n\nNo code.\n")
