"""The report: the notebooks run on one article in one kernel and joined into one HTML file that needs no network."""

import os
import re
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urlsplit

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager

# Checking IRIs by a full grammar, which no notebook needs, costs 1.7 s in each process; jsonschema does without it.
SKIPPED = "rfc3987_syntax"
sys.modules.setdefault(SKIPPED, None)
import nbformat  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from nbclient.exceptions import CellExecutionError, DeadKernelError  # noqa: E402

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
# What a reader wants first: the places, then the text, the cast and the tone; how the article was read comes last.
READING_ORDER = ("3_map_places", "2_find_places", "4_chart_entities_and_sentiment", "1_read_article")
COMPARISON = "5_compare_articles"
SLOWEST_CELL = 600  # seconds


class ReportError(RuntimeError):
    """Why no report was written: one sentence for the reader."""


def write_report(
    source: str | Path,
    out: str | Path,
    *,
    date: str | None = None,
    sentiment: str = "model",
    corrections: str | Path | None = None,
    show_text: bool = True,
    data: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> Path:
    """Run notebooks 1 to 4 on the article at `source` and write the page, whole or not at all.

    `out` is a file ending in .html or a folder, where the page is named after its source. Without `show_text` no six
    words of the article stand in a row anywhere in the page. With `data` the tables are written beside it.
    """
    # Rendering needs two seconds of imports; the kernel, a process of its own, works meanwhile.
    threading.Thread(target=import_module, args=("helpers.page",), daemon=True).start()
    notebook = join_notebooks([NOTEBOOKS / f"{name}.ipynb" for name in sorted(READING_ORDER)])
    folder, name = place_of(source)
    corrections = str(Path(corrections).resolve()) if corrections else None  # the notebooks run in another folder
    set_parameters(notebook, source=name, date=date, sentiment=sentiment, corrections=corrections, show_text=show_text)
    run_notebook(notebook, folder, progress)
    progress("writing the page")
    target = Path(out) if Path(out).suffix == ".html" else Path(out) / page_name(str(source))
    page = import_module("helpers.page")
    write_whole(target, page.render_page(notebook, READING_ORDER))
    if data:
        import_module("helpers.takeaway").write_tables(page.find_data(notebook), target)
    return target


def write_comparison(
    corpus: str | Path, out: str | Path, *, progress: Callable[[str], None] = lambda line: None
) -> Path:
    """Run notebook 5 on the corpus in a folder and write the page, into `out` named after the folder or as `out`."""
    notebook = join_notebooks([NOTEBOOKS / f"{COMPARISON}.ipynb"])
    folder = Path(corpus).resolve()
    set_parameters(notebook, corpus=folder.name, actor=None)
    run_notebook(notebook, folder.parent, progress)
    target = Path(out) if Path(out).suffix == ".html" else Path(out) / page_name(folder.name)
    return write_whole(target, import_module("helpers.page").render_page(notebook, (COMPARISON,)))


def place_of(source: str | Path) -> tuple[Path, str]:
    """The folder to run in and the source as named there: a page that is passed on shall not tell of one's folders."""
    if str(source) == "-":
        return Path.cwd(), sys.stdin.read()  # the kernel has another standard input
    if "\n" not in str(source) and Path(source).is_file():
        return Path(source).parent, Path(source).name
    return Path.cwd(), str(source)


def page_name(source: str) -> str:
    """A file name for a source's page, e.g. "https://example.org/a/Flood%20news.html?x=1" -> "Flood-news.html"."""
    parts = urlsplit(source)
    stem = Path(unquote(parts.path)).stem if "\n" not in source else ""
    name = re.sub(r"[^\w.-]+", "-", stem or parts.netloc).strip("-.")
    return f"{name[:80] or 'article'}.html"


def join_notebooks(paths: list[Path]) -> nbformat.NotebookNode:
    """One notebook of all cells in order; each cell's metadata.part is the name of the file it came from.

    Cells tagged `lab` are left out: they ask a person at the keyboard.
    """
    joined = nbformat.v4.new_notebook()
    for path in paths:
        for cell in nbformat.read(path, as_version=4).cells:
            if "lab" in cell.metadata.get("tags", []):
                continue
            cell.metadata.part = path.stem
            cell.id = f"{path.stem[0]}-{cell.id}"  # unique in the whole as well
            joined.cells.append(cell)
    return joined


def set_parameters(notebook: nbformat.NotebookNode, **values: str | bool | None) -> None:
    """Put these values in the place of every cell tagged `parameters`."""
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = "\n".join(f"{name} = {value!r}" for name, value in values.items())


def run_notebook(notebook: nbformat.NotebookNode, folder: Path, progress: Callable[[str], None]) -> None:
    """Run every cell in a fresh kernel of this very Python, in that folder; outputs land in the notebook."""
    begun: set[str] = set()

    def announce(cell: nbformat.NotebookNode, cell_index: int) -> None:
        if cell.metadata.part not in begun:
            begun.add(cell.metadata.part)
            progress(cell.metadata.part.replace("_", " "))

    client = NotebookClient(
        notebook,
        timeout=SLOWEST_CELL,
        extra_arguments=[f"--IPKernelApp.exec_lines=import sys; sys.modules.setdefault({SKIPPED!r}, None)"],
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=announce,
    )
    # Without folders to search, the manager falls back on the running interpreter, whatever kernels a user installed.
    # Files as sockets, where there are such, keep other users of the machine out.
    with TemporaryDirectory() as sockets:
        address = {"transport": "ipc", "ip": f"{sockets}/kernel"} if os.name == "posix" else {}
        client.km = AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]), **address)
        try:
            client.execute(cleanup_kc=True, env={**os.environ, "PLOTLY_RENDERER": "plotly_mimetype"})
        except CellExecutionError as error:
            raise reader_error(error) from error
        except (DeadKernelError, RuntimeError) as error:
            raise ReportError(f"The kernel that runs the notebooks failed; is memory short? ({error})") from error


def reader_error(error: CellExecutionError) -> Exception:
    """An article that cannot be read is the reader's to mend and keeps its sentence; the rest names the failed step."""
    if error.ename in ("ArticleError", "CorpusError"):
        return import_module("helpers.article").ArticleError(error.evalue)
    return ReportError(f"The notebooks stopped at an error, {error.ename}: {error.evalue}")


def write_whole(target: Path, text: str) -> Path:
    """Write a file under another name and rename it, so that nobody ever sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target
