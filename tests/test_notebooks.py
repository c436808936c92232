"""The notebooks: each runs alone, untouched, top to bottom, and is written the way the project writes notebooks."""

import ast
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]_*.ipynb"))
LONGEST_CELL, MOST_IMPORTS = 12, 8


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def test_there_are_notebooks_to_test():
    assert [path.stem[0] for path in NOTEBOOKS[:4]] == ["1", "2", "3", "4"]


def test_it_runs_untouched_where_jupyterlab_starts_it(notebook):
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT / "notebooks")}}).execute()
    shown = [output for cell in code_cells(notebook) for output in cell.outputs]
    assert not any(output.output_type == "stream" for output in shown), "a cell prints or warns"
    assert len(shown) >= 3


def test_it_is_committed_without_output(notebook):
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(notebook))


def test_it_opens_with_a_question(notebook):
    title = notebook.cells[0].source.splitlines()[0]
    assert title.startswith("# ") and title.endswith("?")


def test_cells_are_short_and_hold_no_machinery(notebook):
    machinery = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Try, ast.With)
    for cell in code_cells(notebook):
        assert len(cell.source.splitlines()) <= LONGEST_CELL
        assert not any(isinstance(node, machinery) for node in ast.walk(ast.parse(cell.source)))


def test_it_imports_once_and_few_names(notebook):
    importing = [cell for cell in code_cells(notebook) if "import " in cell.source]
    assert len(importing) == 1
    names = [name for node in ast.parse(importing[0].source).body for name in node.names]
    assert len(names) <= MOST_IMPORTS


def test_it_has_one_cell_of_parameters(notebook):
    tagged = [cell for cell in code_cells(notebook) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    own = r'(source = "../data/articles/|gold = "../data/gold/|corpus = "../data/articles")'
    assert re.match(own, tagged[0].source)


def test_cells_end_on_an_object(notebook):
    for cell in code_cells(notebook):
        if "setup" not in cell.metadata.get("tags", []):
            assert isinstance(ast.parse(cell.source).body[-1], ast.Expr) and "print(" not in cell.source
