import json
import shutil
from pathlib import Path

import pytest

from mlbook.lessons import editions
from mlbook.lessons.editions import copy_lessons

NAME = "01_good.ipynb"


class Room:
    """A project that may publish new editions of one lesson, and a learner's folder."""

    def __init__(self, lesson, shipped, work):
        self.lesson, self.shipped, self.work = lesson, shipped, work

    def start(self):
        (copy,) = copy_lessons([self.lesson], self.work)
        return copy

    def publish(self, text):
        cell = {"id": "new", "cell_type": "markdown", "metadata": {}, "source": text}
        self._change(self.shipped / NAME, lambda notebook: notebook["cells"].append(cell))

    def answer(self, name=NAME):
        """Run and edit a copy, and save it as JupyterLab does."""

        def work_in(notebook):
            notebook["cells"][-1] |= {"source": "6 * 7", "execution_count": 3}
            notebook["metadata"]["language_info"] = {"name": "python", "version": "3.11.2"}

        self._change(self.work / name, work_in)
        return (self.work / name).read_bytes()

    def names(self):
        return sorted(path.name for path in self.work.iterdir())

    @staticmethod
    def _change(path, change):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        change(notebook)
        path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


@pytest.fixture
def room(folder, good, tmp_path, monkeypatch):
    shipped = shutil.copytree(folder, tmp_path / "shipped")
    monkeypatch.setattr(editions, "notebooks_dir", lambda: shipped)
    return Room(good, shipped, tmp_path / "work")


def test_a_fresh_copy_is_the_lesson_and_nothing_else(room):
    copy = room.start()
    assert (copy.newest, copy.is_new) == (room.work / NAME, True)
    assert str(copy) == f"copied {room.work / NAME}"
    theirs = json.loads((room.shipped / NAME).read_text(encoding="utf-8"))
    mine = json.loads(copy.newest.read_text(encoding="utf-8"))
    assert mine["cells"] == theirs["cells"]
    assert mine["metadata"].items() > theirs["metadata"].items()


def test_work_in_a_copy_of_the_present_edition_is_kept_and_nothing_is_put_beside_it(room):
    room.start()
    work = room.answer()
    copy = room.start()
    assert str(copy) == f"kept your {room.work / NAME}"
    assert copy.mine.read_bytes() == work
    assert room.names() == [NAME]


def test_a_newer_edition_is_put_beside_the_work_once(room):
    room.start()
    work = room.answer()
    room.publish("a better word")
    first, second = room.start(), room.start()
    assert first.mine.read_bytes() == work
    assert "a better word" in first.newest.read_text(encoding="utf-8")
    assert str(first) == (
        f"kept your {first.mine}; a newer edition was put beside it: 01_good.newer.ipynb"
    )
    assert str(second) == (
        f"kept your {first.mine}; a newer edition lies beside it: 01_good.newer.ipynb"
    )
    assert room.names() == ["01_good.ipynb", "01_good.newer.ipynb"]


def test_also_an_untouched_copy_gets_the_newer_edition_beside_it(room):
    before = room.start().mine.read_bytes()
    room.publish("a better word")
    copy = room.start()
    assert copy.newest.name == "01_good.newer.ipynb"
    assert copy.mine.read_bytes() == before


def test_the_next_edition_takes_the_place_of_a_newer_one_that_nobody_touched(room):
    room.start()
    room.publish("second")
    room.start()
    room.publish("third")
    copy = room.start()
    assert copy.is_new
    assert "third" in copy.newest.read_text(encoding="utf-8")
    assert room.names() == ["01_good.ipynb", "01_good.newer.ipynb"]


def test_the_next_edition_does_not_take_the_place_of_work_in_the_one_before(room):
    room.start()
    room.publish("second")
    room.start()
    work = room.answer("01_good.newer.ipynb")
    room.publish("third")
    assert room.start().newest.name == "01_good.newer-2.ipynb"
    assert not room.start().is_new
    assert (room.work / "01_good.newer.ipynb").read_bytes() == work
    assert len(room.names()) == 3


def test_work_that_was_renamed_over_the_old_copy_keeps_its_edition(room):
    room.start()
    room.publish("second")
    room.start().newest.replace(room.work / NAME)
    room.answer()
    assert not room.start().is_new
    assert room.names() == [NAME]


def test_a_deleted_copy_comes_back_fresh(room):
    room.start().mine.unlink()
    copy = room.start()
    assert (copy.newest, copy.is_new) == (room.work / NAME, True)
    room.publish("second")
    room.start().newest.unlink()
    assert room.start().is_new


def test_a_lesson_that_was_copied_by_hand_is_recognised(room):
    room.work.mkdir()
    shutil.copy(room.shipped / NAME, room.work)
    copy = room.start()
    assert (copy.newest, copy.is_new) == (room.work / NAME, False)


@pytest.mark.parametrize(
    "text",
    [
        "my own answers",
        "[1, 2]",
        "{}",
        '{"metadata": 3}',
        '{"metadata": {"mlbook_edition": [1]}}',
        "\xff",
    ],
)
def test_a_foreign_file_of_that_name_is_kept_and_the_lesson_lies_beside_it(room, text):
    room.work.mkdir()
    (room.work / NAME).write_bytes(text.encode("latin-1"))
    assert room.start().newest.name == "01_good.newer.ipynb"
    assert not room.start().is_new
    assert (room.work / NAME).read_bytes() == text.encode("latin-1")


def test_a_folder_or_a_dead_link_of_that_name_is_kept(room):
    (room.work / NAME).mkdir(parents=True)
    (room.work / "01_good.newer.ipynb").symlink_to("nowhere")
    assert room.start().newest.name == "01_good.newer-2.ipynb"
    assert (room.work / "01_good.newer.ipynb").is_symlink()
    assert not Path(room.work / "nowhere").exists()


def test_nothing_is_copied_when_a_lesson_is_missing(room, raising):
    (room.shipped / f"{raising.slug}.ipynb").unlink()
    with pytest.raises(FileNotFoundError, match="python -m mlbook build"):
        copy_lessons([room.lesson, raising], room.work)
    assert not room.work.exists()
