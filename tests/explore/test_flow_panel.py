"""The diagram that moves, in a notebook: a bundle like every panel's, and a button to stop it."""

from __future__ import annotations

import base64
from functools import cache

import mlbook as mb
from mlbook import explore
from tests.worlds import small


@cache
def run() -> mb.Run:
    return mb.run(mb.RestApi(), small().rush(at=6 * mb.DAY, lasting=5, rate_per_s=100))


def test_one_bundle_holds_widget_picture_and_sentence_and_no_html():
    data, metadata = explore.flow(run())._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"} == set(data)
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")


def test_the_button_makes_it_stand_still_and_go_on():
    panel = explore.flow(run())
    moving = panel.picture.value
    panel.still.value = True
    assert 'class="mlbook-stands"' in panel.picture.value
    panel.still.value = False
    assert panel.picture.value == moving


def test_the_sentence_stands_below_the_picture():
    panel = explore.flow(run())
    assert panel.sentence in panel.text.value
    assert panel.sentence == panel.display.scene.sentence


def test_who_does_not_see_the_picture_is_told_which_diagram_it_is():
    panel = explore.flow(run())
    _, metadata = panel._repr_mimebundle_()
    assert metadata["image/png"]["alt"] == panel.display.alt_text()
    assert panel.display.scene.wiring.title in panel.alt
