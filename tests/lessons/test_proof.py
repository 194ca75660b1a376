"""Every lesson runs, as a learner gets it and solved, and its exercises say so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from mlbook.exercises.desk import all_exercises
from mlbook.files import notebooks_dir
from mlbook.lessons.catalogue import LESSONS, notebook_of
from mlbook.lessons.parameters import read_parameters
from tests.lessons.forked import run_notebooks
from tests.lessons.pairs import ONLY_SOLVED, pair, readers

if TYPE_CHECKING:
    from pathlib import Path

    from mlbook.lessons.catalogue import Lesson

SOURCES = {each.slug: notebooks_dir() / "src" / f"{each.slug}.py" for each in LESSONS}

# Other values for the parameters that lessons have; each lesson takes those that it declares.
OTHERS = {
    "seed": 8,
    "users": 300,
    "workers": 3,
    "predict_every_h": 12.0,
    "load_s": 10.0,
    "release_every_d": 5.0,
    "fast_share": 0.6,
    "flip_day": 10.0,
    "down_h": 4.0,
    "busy_percent": 30.0,
    "timeout_ms": 700.0,
    "drop_per_100": 1.5,
    "visits_an_hour": 20_000.0,
    "rush_per_s": 230.0,
    "games": 60,
}


def write(source: Path, folder: Path, parameters: dict[str, Any] | None = None) -> Path:
    path = folder / f"{source.stem}.ipynb"
    nbformat.write(pair(source, parameters), path)
    return path


def problems(lesson: Lesson, cells: list[dict[str, Any]]) -> list[str]:
    """Say what is wrong with a lesson that was run as a pair."""
    errors = [f"cell {cell['cell']}: {text}" for cell in cells for text in cell["errors"]]
    names = [id for id, each in all_exercises().items() if each.chapter == lesson.number]
    starter, solved = dict[str, set[str]](), dict[str, set[str]]()
    for cell in cells:
        book = solved if ONLY_SOLVED in cell["tags"] else starter
        for record in cell["records"]:
            if record["kind"] == "check":
                book.setdefault(record["id"], set()).add(record["state"])
            elif record["kind"] == "guess" and record["state"] != "todo":
                errors.append(f"guess {record['id']} is {record['state']}")
    if errors:
        return [f"{lesson.slug}: {text}" for text in errors]
    found = []
    if starter != {id: {"todo"} for id in names}:
        found.append(f"{lesson.slug}: the starters are {starter}")
    if solved != {id: {"pass"} for id in names}:
        found.append(f"{lesson.slug}: the solved exercises are {solved}")
    return found


@pytest.mark.slow
def test_every_lesson_runs_as_a_starter_and_solved_and_its_claims_hold(tmp_path):
    ran = run_notebooks([write(source, tmp_path) for source in SOURCES.values()], tmp_path)
    assert [text for each in LESSONS for text in problems(each, ran[each.slug])] == []
    broken = {
        slug: [text for cell in cells for text in cell["broken"]] for slug, cells in ran.items()
    }
    assert broken == {each.slug: [] for each in LESSONS}


@pytest.mark.slow
def test_every_lesson_runs_with_other_parameters_and_its_solutions_still_pass(tmp_path):
    paths = []
    for lesson in LESSONS:
        declared = read_parameters(notebook_of(lesson, notebooks_dir()))
        chosen = {name: value for name, value in OTHERS.items() if name in declared}
        assert chosen
        paths.append(write(SOURCES[lesson.slug], tmp_path, chosen))
    ran = run_notebooks(paths, tmp_path)
    assert [text for each in LESSONS for text in problems(each, ran[each.slug])] == []


@pytest.mark.parametrize("slug", SOURCES)
def test_no_cell_needs_what_only_an_answer_or_an_instructors_cell_sets(slug):
    assert readers(pair(SOURCES[slug])) == []


SMALL = """# %% tags=["parameters"]
seed: int = 7  # any

# %%
answer = ...
mb.check("01.a", answer=answer)

# %% tags=["instructor"]
hands = 3

# %%
later = 1
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    def solve(notebook, chapter):
        for cell in notebook.cells:
            cell.source = cell.source.replace("answer = ...", "answer = 5")

    monkeypatch.setattr("mlbook.lessons.build.solve", solve)

    def written(text: str) -> Path:
        (tmp_path / "01_small.py").write_text(text, encoding="utf-8")
        return tmp_path / "01_small.py"

    return written


def test_in_a_pair_the_solved_cell_stands_before_the_starter_and_the_rest_once(small):
    cells = pair(small(SMALL), {"seed": 8}).cells
    firsts = [cell.source.splitlines()[0] for cell in cells]
    only_solved = [ONLY_SOLVED in cell.metadata.get("tags", []) for cell in cells]
    assert list(zip(firsts, only_solved, strict=True)) == [
        ("seed: int = 7  # any", False),
        ("seed = 8", False),
        ("answer = 5", True),
        ("answer = ...", False),
        ("hands = 3", True),
        ("later = 1", False),
    ]


@pytest.mark.parametrize("name", ["answer", "hands"])
def test_a_cell_that_reads_an_answer_or_an_instructors_name_is_found(small, name):
    assert readers(pair(small(SMALL))) == []
    assert readers(pair(small(SMALL.replace("later = 1", f"later = {name}")))) == [name]
    assert readers(pair(small(SMALL.replace("later = 1", f"{name} = 1\n{name}")))) == []


def test_what_is_wrong_with_a_lesson_is_said():
    lesson = next(each for each in LESSONS if each.number == "07")
    names = [id for id in all_exercises() if id.startswith("07.")]

    def cell(tags, errors=(), **states):
        records = [{"kind": "check", "id": id, "state": state} for id, state in states.items()]
        return {"cell": 3, "tags": tags, "errors": list(errors), "records": records}

    starter, solved = cell([], **dict.fromkeys(names, "todo")), dict.fromkeys(names, "pass")
    right = cell([ONLY_SOLVED], **solved)
    assert problems(lesson, [right, starter]) == []
    assert "solved exercises are {}" in problems(lesson, [starter])[0]
    assert "starters are {}" in problems(lesson, [right])[0]
    close = cell([ONLY_SOLVED], **solved | {names[0]: "close"})
    assert "close" in problems(lesson, [close, starter])[0]
    assert "starters are" in problems(lesson, [right, starter, close | {"tags": []}])[0]
    broken = cell([], ["KeyError: 'x'"])
    assert problems(lesson, [right, broken]) == ["07_shared_db: cell 3: KeyError: 'x'"]
    guessed = {"kind": "guess", "id": "07.a", "state": "noted"}
    noted = problems(lesson, [right, starter, cell([]) | {"records": [guessed]}])
    assert noted == ["07_shared_db: guess 07.a is noted"]
