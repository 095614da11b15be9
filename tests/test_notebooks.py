"""The notebooks run from top to bottom, are stripped, and show what they promise.

Cells are run in this process, in order and in one namespace, as a kernel would. A kernel itself would bring
37 packages and 106 MB into every test run, to run plain Python.
"""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "notebooks"
NAMES = ["audit", "linking", "mechanism"]


def cells(name):
    return json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]


def code(name):
    return ["".join(each["source"]) for each in cells(name) if each["cell_type"] == "code"]


def run_cell(source, names):
    """Run a cell; what its last line gives is what the notebook shows."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    if last is None:
        return None
    assert isinstance(last, ast.Expr)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


@pytest.fixture(scope="module", params=NAMES)
def notebook(request, tmp_path_factory):
    """A notebook that has run: its name, what each cell shows, and the names at its end."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("notebook"))
        names = {"__name__": "__main__"}
        shown = [run_cell(source, names) for source in code(request.param)]
    return request.param, shown, names


def test_there_are_these_notebooks():
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


def test_every_cell_runs_and_shows_something(notebook):
    _, shown, _ = notebook
    for each in shown:
        assert each is not None
        rendered = each._repr_html_() if hasattr(each, "_repr_html_") else repr(each)
        assert rendered and len(each) if hasattr(each, "__len__") else rendered


def test_a_notebook_shows_what_it_promises(notebook):
    name, shown, names = notebook
    if name == "mechanism":
        assert names["paths"].counts.plus > 0 and names["paths"].counts.minus == 0
        assert (
            set(shown[2]["sign"]) >= {1} and shown[2]["path"].str.startswith("magnesium deficiency → ").all()
        )
        assert set(shown[2]["references"].sum()) <= set(range(1, 27))
        assert "hypertension" in shown[-1]
        assert "vascular injury" in set(shown[5]["label"])
    elif name == "audit":
        assert names["coverage"]["sentences"].sum() == 215
        assert {each[0] for each in shown[5]} == {"S05.P01.N01", "S05.P01.N03", "S09.P02.N04"}
        assert shown[7][0][0] == ("S11.P02.N04", "T2.R6", "T2.R7")
        assert shown[3].index[0] == 13
    else:
        assert set(shown[1]["disease"]) == {"MONDO:0005044", "MONDO:0005098", "MONDO:0005277"}
        assert dict(shown[2]).keys() == {"magnesium", "calcium", "nitric oxide"}
        assert shown[3] == [{"name": "thromboxane A2"}]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_stripped_and_short(name):
    text = (FOLDER / f"{name}.ipynb").read_text(encoding="utf-8")
    document = json.loads(text)
    assert (document["nbformat"], document["nbformat_minor"]) == (4, 5)
    assert set(document["metadata"]) == {"kernelspec", "language_info"}
    assert len({each["id"] for each in document["cells"]}) == len(document["cells"]) <= 25
    for each in document["cells"]:
        assert each["metadata"] == {} and each["source"]
        if each["cell_type"] == "code":
            assert each["outputs"] == [] and each["execution_count"] is None
    assert document["cells"][0]["cell_type"] == "markdown"
    assert text == json.dumps(document, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_the_code_of_a_notebook_is_in_form(name):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", str(FOLDER / f"{name}.ipynb")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_the_runner_runs_as_a_kernel_does():
    names: dict[str, object] = {}
    assert run_cell("a = 1\na + 1", names) == 2 and run_cell("b = a", names) is None and names["b"] == 1
    with pytest.raises(NameError):
        run_cell("nowhere", names)
