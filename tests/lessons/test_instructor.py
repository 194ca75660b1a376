"""INSTRUCTOR.md: collected from the lessons' own cells, never behind them."""

from __future__ import annotations

import pytest

from mlbook.exercises.desk import all_exercises
from mlbook.files import notebooks_dir
from mlbook.lessons import catalogue
from mlbook.lessons.instructor import instructor_notes, sections_of, write_notes, wrong_answers

LESSON = """
# %% [markdown]
# # A lesson
# Ten minutes.

# %% [markdown] tags=["instructor"]
# **Instructor · 2 minutes.** Arrive.

# %%
mb.charts.Diagram("rest_api")

# %% [markdown]
# ## The knee

# %%
mb.guess("06.twice", ...)

# %%
mb.poll("06.twice", {50: 0})

# %% [markdown] tags=["instructor"]
# **Instructor · 7 minutes.** Silence.
#
# * **Ask:** "Who waits?"
# * **Say at the knee:** "Nothing, then everything."

# %%
knee = mb.charts.KneeDisplay.from_runs(runs)
mb.guess("06.twice", measured=90)

# %% [markdown]
# ### A small heading of the core

# %%
mb.check("06.workers", run=quiet, workers=...)

# %% [markdown] tags=["instructor"]
# **Instructor · 1 minute.** Breathe.

# %% [markdown]
# # More, if you have time
# ### Pickles

# %% [markdown] tags=["instructor"]
# **Instructor · 5 minutes.** For the early ones.

# %% [markdown]
# ### A real week

# %%
mb.explore.knee(rate_per_s=5)
"""


@pytest.fixture
def notes(make_folder, good, monkeypatch):
    """Make the notes of one small lesson, and give the folder of its notebooks."""
    monkeypatch.setattr(catalogue, "LESSONS", (good,))
    legs = ("01", catalogue.Break(minutes=15), "05")
    day = catalogue.Route(name="day", title="a day", legs=legs)
    monkeypatch.setattr(catalogue, "ROUTES", (day,))
    return make_folder(_01_good=LESSON)


def test_a_note_belongs_to_the_section_it_stands_in(notes):
    sections = sections_of(notes / "src" / "01_good.py")
    assert [(each.title, each.minutes, each.more) for each in sections] == [
        ("Opening", 2, False),
        ("The knee", 8, False),
        ("Pickles", 5, True),
        ("A real week", 0, True),
    ]
    assert sections[1].notes[0].startswith("Silence.\n\n* **Ask:**")


def test_pictures_guesses_hands_and_exercises_are_found_in_the_code(notes):
    opening, knee, _, week = sections_of(notes / "src" / "01_good.py")
    assert (opening.pictures, knee.pictures, week.pictures) == (1, 1, 1)
    assert (knee.guess, knee.poll, knee.check) == (["06.twice"], ["06.twice"], ["06.workers"])


def test_the_notes_hold_minutes_clock_questions_and_wrong_answers_in_order(notes):
    text = instructor_notes(notes)
    places = [
        text.index(words)
        for words in (
            "1. **The kit.**",
            "2. **Without numba.**",
            "3. **A neighbour.**",
            "4. **The offline report.**",
            "| `day`: a day | 45 to 65 | 01, break, (05) |",
            "| all that is written | 10 | 01 |",
            "## 01 Title of 01_good",
            "### Opening · 2 minutes, from minute 0",
            "### The knee · 8 minutes, from minute 2",
            '* **Say at the knee:** "Nothing, then everything."',
            "Guesses: `06.twice`. Show of hands: `06.twice`.",
            "Exercise `06.workers`, asks for `workers` (workers).",
            '* `workers(target=1.0)`: "With these every worker would be busy nearly',
            "### Pickles · 5 minutes, under More",
            "### A real week · no minutes noted, under More",
        )
    ]
    assert places == sorted(places)
    assert "Instructor ·" not in text


def test_a_cell_that_does_not_begin_with_its_minutes_is_refused(notes):
    source = notes / "src" / "01_good.py"
    source.write_text(LESSON.replace("**Instructor · 7 minutes.** Silence", "Instructor: silence"))
    with pytest.raises(ValueError, match="must begin with") as caught:
        instructor_notes(notes)
    assert "under 'The knee' in 01_good.py" in str(caught.value)


def test_notes_out_of_step_are_found_and_written(notes):
    path = notes.parent / "INSTRUCTOR.md"
    assert write_notes(notes, check=True) == [path]
    assert not path.exists()
    assert write_notes(notes) == [path]
    assert write_notes(notes) == write_notes(notes, check=True) == []
    path.write_text(path.read_text(encoding="utf-8") + "by hand\n", encoding="utf-8")
    assert write_notes(notes, check=True) == [path]


def test_a_wrong_answer_is_said_without_its_bookkeeping():
    said = {name: [rule for rule, _ in wrong_answers(name)] for name in all_exercises()}
    assert said["00.visitors"] == ["3 * had", "6 * had"]
    assert said["07.alarm"][1] == "hours(periods=2, runs=1)"
    assert said["06.repair"] == ["'more workers'", "'neither'"]


@pytest.mark.parametrize("name", all_exercises())
def test_every_wrong_answer_of_an_exercise_stands_beside_its_own_message(name):
    wrong = all_exercises()[name].wrong
    assert [message for _, message in wrong_answers(name)] == [each.message for each in wrong]
    assert all(rule for rule, _ in wrong_answers(name))


def test_the_notes_of_the_project_are_in_step_with_its_lessons():
    assert write_notes(check=True) == [], "run: mlbook build"


@pytest.mark.parametrize("lesson", catalogue.LESSONS, ids=lambda lesson: lesson.slug)
def test_the_minutes_add_up_and_every_section_and_picture_has_its_words(lesson):
    sections = sections_of(notebooks_dir() / "src" / f"{lesson.slug}.py")
    minutes = sum(section.minutes for section in sections if not section.more)
    assert minutes == lesson.core_minutes
    assert [section.title for section in sections if not section.notes] == []
    said = {each.title: sum(note.count("**Say at") for note in each.notes) for each in sections}
    assert [each.title for each in sections if said[each.title] < each.pictures] == []
