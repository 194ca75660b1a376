"""A figure as inline SVG: in the page's colours, complete, and harmless to the page around it."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree as ET

import pytest

from mlbook.charts.display import png_bundle, png_tag
from mlbook.charts.svg import Film
from mlbook.charts.theme import PAGE_COLORS, new_figure, set_title


@pytest.fixture
def film() -> Film:
    figure = new_figure(4, 3)
    (line,) = figure.axes[0].plot([0, 1], [0, 1])
    return Film(figure, [line, set_title(figure.axes[0], "up")])


def test_it_is_one_well_formed_element_with_its_alternative_text(film):
    svg = ET.fromstring(film.draw('a "line" <that> rises & falls'))
    assert svg.tag.endswith("svg")
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == 'a "line" <that> rises & falls'


def test_it_brings_no_style_no_script_and_no_names_that_a_page_could_have_twice(film):
    drawn = film.draw("a line")
    assert "<style" not in drawn
    assert "<script" not in drawn
    assert not re.findall(r' id="(?!p[0-9a-f]{10}"|m[0-9a-f]{10}")[^"]*"', drawn)


def test_ink_paper_and_grid_come_from_the_page_with_the_book_s_colour_to_fall_back_on(film):
    drawn = film.draw("a line").lower()
    for color, variable in PAGE_COLORS.items():
        assert variable.lower() in drawn
        assert drawn.count(color) == drawn.count(variable.lower())


def test_a_moved_artist_is_drawn_where_it_is_now_and_once(film):
    line, title = film.moving
    before = film.draw("a line")
    line.set_ydata([1, 0])
    title.set_text("down")
    after = film.draw("a line")
    assert after != before
    assert after.count("stroke: #1f77b4") == before.count("stroke: #1f77b4") == 1
    assert (">down<" in after, ">up<" in after) == (True, False)


def test_the_axes_are_drawn_anew_when_their_limits_change_and_not_before(film):
    drawn = []
    film.figure.axes[0].xaxis.draw = lambda *_: drawn.append("axis")
    for _ in range(3):
        film.draw("a line")
    assert len(drawn) == 1
    film.figure.axes[0].set_ylim(0, 7)
    film.draw("a line")
    assert len(drawn) == 2


def test_a_saved_png_shows_the_moving_artists_too(film):
    def picture() -> str:
        return png_bundle(film.figure, "a line")[0]["image/png"]

    with_line = picture()
    film.moving[0].set_visible(False)
    assert picture() != with_line


def test_the_png_element_holds_the_picture_and_escapes_its_text():
    tag = png_tag(new_figure(4, 3), 'a "line" <that> rises')
    assert 'alt="a &quot;line&quot; &lt;that&gt; rises"' in tag
    data = re.search(r"base64,([^\"]+)", tag)
    assert base64.b64decode(data[1]).startswith(b"\x89PNG")
