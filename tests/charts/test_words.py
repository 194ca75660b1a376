"""The line of a row says the word that the table says, and its labels stay readable."""

from __future__ import annotations

from functools import cache

import pytest

import mlbook as mb
from mlbook.charts.words import ROWS
from tests.worlds import refusal, shop


@cache
def table():
    return mb.compare(
        shop(), rest=mb.RestApi(), phone=mb.MobileApp(), web=mb.InProcess()
    ).talk_table()


@pytest.mark.parametrize("row", ROWS)
def test_the_words_between_the_cuts_are_those_of_the_table(row):
    said = mb.charts.WordsDisplay.from_table(table(), row).alt_text()
    for _, cell in table()[table()["row"] == row].iterrows():
        start = said.index(f"{cell['pattern']} ")
        assert said[start:].split(")")[0].endswith(f"({cell['word']}")


@pytest.mark.parametrize("row", ROWS)
def test_no_label_leaves_the_picture_or_touches_another(row):
    display = mb.charts.WordsDisplay.from_table(table(), row).plot()
    renderer = display.figure_.canvas.get_renderer()
    boxes = [each.get_window_extent(renderer) for each in display.ax_.texts]
    frame = display.figure_.bbox
    assert all(frame.x0 <= box.x0 and box.x1 <= frame.x1 for box in boxes)
    assert not any(a.overlaps(b) for n, a in enumerate(boxes) for b in boxes[:n])


def test_other_cuts_move_the_words():
    cuts = mb.experiment.talk_table.Cuts(easy=1000.0, so_so_minutes=2000.0)
    shown = mb.charts.WordsDisplay.from_table(table(), "management difficulty", cuts)
    assert "rest 64 min (Easy)" in shown.alt_text()


def test_a_row_without_cuts_is_refused():
    words = refusal(ValueError, mb.charts.WordsDisplay.from_table, table(), "prediction")
    assert words.startswith("row must be one of")
