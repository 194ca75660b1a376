"""Where the workbook's own files are, in the checkout or in the wheel; and how one is written."""

from __future__ import annotations

import difflib
import functools
import gzip
import hashlib
import json
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["data_file", "made_from", "notebooks_dir", "write_text"]

_PACKAGE = Path(__file__).resolve().parent
_RECORD = "PROVENANCE.json"
_CHECKOUT_MARKS = ("pyproject.toml", "data/build_data.py")


def data_file(name: str) -> Path:
    """Find a file of `data/`, and make sure that nothing has altered it.

    A checkout's own `data/` is preferred to the copy in an installed package. The bytes are
    compared with their checksum once in a process. ``data/README.md`` describes every column.

    Parameters
    ----------
    name : str
        The file's name, for example ``"obd_clicks.csv.gz"``.

    Returns
    -------
    Path
        Where the file is.

    Raises
    ------
    ValueError
        When no data file has that name, or the file is not the one that was built.
    FileNotFoundError
        When the file, or the record of checksums beside it, is missing.

    Examples
    --------
    >>> data_file("obd_items.csv").name
    'obd_items.csv'
    >>> data_file("obd_item.csv")
    Traceback (most recent call last):
        ...
    ValueError: name must be a data file, got 'obd_item.csv'. Did you mean 'obd_items.csv'?
    """
    folder = _folder("data")
    checksums = _checksums(folder / _RECORD)
    if name not in checksums:
        raise ValueError(_unknown(name, checksums))
    return _verified(folder / name, checksums[name])


def notebooks_dir() -> Path:
    """Find the folder of the lessons' notebooks.

    Returns
    -------
    Path
        The checkout's `notebooks/`, or else the copy in the installed package.

    Raises
    ------
    FileNotFoundError
        When there is no such folder.

    Examples
    --------
    >>> notebooks_dir().name
    'notebooks'
    """
    folder = _folder("notebooks")
    if not folder.is_dir():
        raise FileNotFoundError(_missing(folder, "notebooks"))
    return folder


def made_from(notebooks: Path) -> str:
    """Name the files from which a run of lessons is made, so that a later one can be told apart.

    Parameters
    ----------
    notebooks : Path
        The folder of the lessons' notebooks.

    Returns
    -------
    str
        sha256 of the names and bytes of the notebooks and of the whole package, and of the record
        of the data's checksums.

    Examples
    --------
    >>> made_from(notebooks_dir()) == made_from(notebooks_dir())
    True
    """
    named = {path.name: path for path in (*notebooks.glob("*.ipynb"), _folder("data") / _RECORD)}
    for path in _PACKAGE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            named[f"mlbook/{path.relative_to(_PACKAGE).as_posix()}"] = path
    digest = hashlib.sha256()
    for name in sorted(named):
        data = named[name].read_bytes()
        digest.update(f"{name} {len(data)} ".encode() + data)
    return digest.hexdigest()


def write_text(path: Path, text: str) -> None:
    """Write a file as a whole or not at all.

    Parameters
    ----------
    path : Path
        Where to.
    text : str
        What.
    """
    # A message may carry a lone surrogate (a file name that is no text): show it, do not fail.
    data = text.encode("utf-8", errors="backslashreplace")
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(data)
    part.replace(path)


def _is_checkout() -> bool:
    return all((_PACKAGE.parent / mark).is_file() for mark in _CHECKOUT_MARKS)


def _folder(name: str) -> Path:
    return (_PACKAGE.parent if _is_checkout() else _PACKAGE / "_share") / name


def _unknown(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(str(name), known, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(known)}."
    return f"name must be a data file, got {name!r}. {hint}"


def _missing(path: Path, folder: str) -> str:
    return f"{path} is missing. {_next_step(folder)}"


def _altered(path: Path, rule: str, found: str) -> str:
    return f"{path} was altered: it {rule}, got {found}. {_next_step('data')}"


def _next_step(folder: str) -> str:
    if not _is_checkout():
        return "Reinstall mlbook: its installed copy is not whole."
    rebuild = {
        "data": "rebuild it with `python data/build_data.py --out data`",
        "notebooks": "write it with `mlbook build`",
    }
    return f"Restore it with `git checkout -- {folder}/`, or {rebuild[folder]}."


@functools.cache
def _checksums(record: Path) -> dict[str, str]:
    """Read the sha256 of each data file's uncompressed bytes."""
    try:
        files = json.loads(record.read_bytes())["files"]
        return {name: entry["uncompressed_sha256"] for name, entry in files.items()}
    except FileNotFoundError as error:
        raise FileNotFoundError(_missing(record, "data")) from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        rule = "must hold the checksums of the data files"
        raise ValueError(_altered(record, rule, repr(error))) from error


@functools.cache
def _verified(path: Path, expected: str) -> Path:
    """Return `path` when its uncompressed bytes have the expected sha256."""
    try:
        found = f"sha256 {hashlib.sha256(_uncompressed(path)).hexdigest()}"
    except FileNotFoundError as error:
        raise FileNotFoundError(_missing(path, "data")) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        found = f"a file that gzip cannot unpack ({error})"
    if found != f"sha256 {expected}":
        rule = f"must have sha256 {expected} (of its uncompressed bytes)"
        raise ValueError(_altered(path, rule, found))
    return path


def _uncompressed(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data
