"""Percent scripts become notebooks: the same text gives the same bytes.

``notebooks/src/NN_slug.py`` is the only thing edited by hand; ``notebooks/NN_slug.ipynb`` is made
from it, without outputs, so that a change of the text is a small and readable difference. A cell
tagged ``instructor`` is left out of it; ``NN_slug-solved.ipynb``, the instructor's copy, keeps it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from mlbook.files import notebooks_dir
from mlbook.lessons.solved import solve

if TYPE_CHECKING:
    from pathlib import Path

    from nbformat import NotebookNode

__all__ = ["build_notebooks", "build_solved", "notebook_text"]

_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# jupytext remembers the blank lines of the script here; no reader of the notebook needs them.
_LAYOUT_KEYS = ("lines_to_next_cell", "lines_to_end_of_cell_marker")


def build_notebooks(folder: Path | None = None, *, check: bool = False) -> list[Path]:
    """Write every notebook whose text differs from its source.

    Parameters
    ----------
    folder : Path, optional
        Holds ``src/`` and receives the notebooks; the project's own when left out.
    check : bool
        Only compare, write nothing.

    Returns
    -------
    list of Path
        The notebooks that were written, or with `check` those that are not what their source
        says, including notebooks that have no source.

    Raises
    ------
    FileNotFoundError
        When there are no sources, as in an installed copy.
    """
    folder = folder or notebooks_dir()
    sources = _sources(folder)
    texts = {folder / f"{source.stem}.ipynb": notebook_text(source) for source in sources}
    changed = [path for path, text in texts.items() if _bytes_of(path) != text.encode()]
    if check:
        return changed + [path for path in sorted(folder.glob("*.ipynb")) if path not in texts]
    for path in changed:
        path.write_bytes(texts[path].encode())
    return changed


def build_solved(out: Path, folder: Path | None = None) -> list[Path]:
    """Write the instructor's copy of every lesson.

    Parameters
    ----------
    out : Path
        Receives ``NN_slug-solved.ipynb``; made when it is not there.
    folder : Path, optional
        Holds ``src/``; the project's own when left out.

    Returns
    -------
    list of Path
        The notebooks that were written. No learner's notebook has such a name.

    Raises
    ------
    ValueError
        When an exercise cannot be solved, or `out` is the folder of the learners' notebooks.
        Nothing has been written then.
    FileNotFoundError
        When there are no sources.
    """
    folder = folder or notebooks_dir()
    if out.resolve() == folder.resolve():
        raise ValueError(f"solved must be another folder than the learners' own, got '{out}'.")
    sources = _sources(folder)
    texts = {
        out / f"{each.stem}-solved.ipynb": notebook_text(each, solved=True) for each in sources
    }
    out.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_bytes(text.encode())
    return list(texts)


def notebook_text(source: Path, *, solved: bool = False) -> str:
    """Return the notebook that belongs to a percent script, as text.

    Parameters
    ----------
    source : Path
        A script in jupytext's percent format.
    solved : bool
        Whether to make the instructor's copy.

    Returns
    -------
    str
        A valid notebook, format 4.5, without outputs, ending with a newline.
    """
    import jupytext
    import nbformat

    notebook = jupytext.read(source, fmt="py:percent")
    # Whatever the script's header says, a notebook must open with the learner's own Python.
    notebook.metadata = {"kernelspec": _KERNEL, "language_info": {"name": "python"}}
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    if solved:
        solve(notebook, source.stem.partition("_")[0])
    else:
        notebook.cells = [each for each in notebook.cells if not _for_instructors(each)]
    _name_cells(notebook)
    nbformat.validate(notebook)
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    return text + "\n"


def _sources(folder: Path) -> list[Path]:
    if found := sorted((folder / "src").glob("*.py")):
        return found
    text = f"{folder / 'src'} holds no lesson sources. Build in a checkout of the project."
    raise FileNotFoundError(text)


def _for_instructors(cell: NotebookNode) -> bool:
    return "instructor" in cell.metadata.get("tags", [])


def _name_cells(notebook: NotebookNode) -> None:
    """Give every cell an id made of its content, so that an edit renames one cell only."""
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        for key in _LAYOUT_KEYS:
            cell.metadata.pop(key, None)
        content = f"{cell.cell_type}\n{cell.source}".encode()
        digest = hashlib.sha256(content).hexdigest()[:8]
        seen[digest] += 1
        cell["id"] = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"


def _bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
