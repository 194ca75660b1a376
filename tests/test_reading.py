"""The library shows its own source, so that a lesson holds no copy of it."""

from __future__ import annotations

import inspect

import pytest

import mlbook as mb
from mlbook import units
from mlbook.reading import Source
from tests.worlds import refusal


@pytest.mark.parametrize("thing", [mb.SharedDb, mb.run, mb.SharedDb.predict, units])
def test_source_shows_the_very_text_of_the_file(thing):
    assert repr(mb.source(thing)) == inspect.getsource(thing)


def test_source_is_highlighted_in_a_notebook():
    text = mb.source(mb.SharedDb)._repr_markdown_()
    assert text.startswith("```python\n@dataclass")
    assert text.endswith("\n```")


def test_source_may_lack_its_last_line_break():
    assert Source("x = 1")._repr_markdown_() == "```python\nx = 1\n```"


@pytest.mark.parametrize("thing", [mb.SharedDb(), 3, len])
def test_what_has_no_source_is_refused_with_the_next_step(thing):
    words = refusal(TypeError, mb.source, thing)
    assert words.startswith("thing must be a function, a class or a module, got ")
    assert words.endswith("Try source(type(...)).")
