"""The two panels of lesson 11: the captain's game and the share of a canary."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from mlbook import explore
from mlbook.explore.canary_panel import SHARES, canary_trade
from mlbook.releases import Captain, canary_law


def test_the_buttons_do_what_the_list_of_moves_does():
    by_hand, by_list = explore.captain(seed=3), explore.captain(seed=3)
    by_hand.look(release="B")
    for move in ("hold", "grow", "hold 6"):
        by_hand.buttons[move].click()
    by_list.set(B=["hold", "grow", "hold 6"]).look(release="B")
    assert by_hand.captains == by_list.captains
    assert by_hand.captains["A"] == Captain("A", 3)
    assert by_hand.sentence == by_list.sentence
    assert by_hand.picture.value == by_list.picture.value


def test_after_the_end_the_buttons_are_dead_and_another_release_can_be_played():
    game = explore.captain(seed=1)
    game.buttons["roll back"].click()
    assert all(button.disabled for button in game.buttons.values())
    game.buttons["grow"].click()
    assert game.captains["A"].moves == ("roll back",)
    game.look(release="C")
    assert not any(button.disabled for button in game.buttons.values())


def test_the_button_says_where_growing_leads():
    game = explore.captain(seed=1)
    assert game.buttons["grow"].description == "Grow to 5 %"
    game.set(A=["grow", "grow", "grow"])
    assert game.buttons["grow"].description == "Grow to 100 %"


def test_the_panel_says_counts_and_never_the_truth():
    game = explore.captain(seed=1).set(A=["grow", "hold 6", "roll back"])
    won, seen, *_ = game.captains["A"].so_far()
    assert f"{won:,} clicks of {seen:,} visits" in game.sentence
    words = game.sentence + game.text.value + str(game._repr_mimebundle_()[0]["text/plain"])
    assert "bad" not in words
    assert "good" not in words


def test_a_slice_shows_its_own_counts():
    game = explore.captain(seed=1).set(A=["grow", "hold 2"]).look(visits="app")
    won, seen, *_ = game.captains["A"].so_far("app")
    assert f"app: new version {won:,} clicks of {seen:,} visits" in game.sentence


def test_a_slice_without_a_visit_to_the_new_version_draws_no_dot_and_no_warning():
    """One in a hundred of 800 visits an hour is seldom none, so the hours are looked for."""
    panels = (explore.captain(seed=seed).look(visits="app") for seed in range(3))
    assert all(np.isfinite(panel.view.old.get_ydata()).all() for panel in panels)


def test_one_bundle_holds_widget_picture_and_sentence_and_no_html():
    data, metadata = explore.captain()._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "image/png", "text/plain"} == set(data)
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")


def test_wrong_letters_and_moves_are_refused_and_nothing_changes():
    game = explore.captain(seed=1)
    with pytest.raises(TypeError, match=r"no release 'D'.* The releases are: A, B, C"):
        game.set(D=["hold"])
    with pytest.raises(ValueError, match="moves must be one of"):
        game.set(A=["hold"], B=["wait"])
    assert game.captains == explore.captain(seed=1).captains


def test_the_panel_of_the_share_is_the_law():
    result = canary_trade(20.0, 1.0, 8_000.0)
    assert (result.hours, result.hurt) == pytest.approx(canary_law(0.2))
    nearest = np.abs(SHARES - 0.2).argmin()
    assert result.all_hours[nearest] == pytest.approx(result.hours, rel=0.05)


def test_the_dot_stands_on_the_curve_and_the_sentence_says_it():
    panel = explore.canary_share(5.0)
    panel.set(share_percent=50.0)
    assert panel.view.dots["hurt"].get_ydata() == [panel.result.hurt]
    assert f"{panel.result.hurt:,.0f} visits" in panel.sentence


@pytest.mark.parametrize("share", [0.5, 95.0])
@pytest.mark.parametrize("drop", [0.2, 3.0])
@pytest.mark.parametrize("visits", [1_000.0, 128_000.0])
def test_the_dot_is_inside_of_the_picture_for_every_knob(share, drop, visits):
    panel = explore.canary_share(share, drop, visits)
    for name, value in (("hours", panel.result.hours), ("hurt", panel.result.hurt)):
        low, high = panel.view.dots[name].axes.get_ylim()
        assert low < value < high


@pytest.mark.parametrize("visits", [2_000.0, 8_000.0, 128_000.0])
def test_the_slider_of_the_visits_stops_at_the_round_numbers_of_the_lesson(visits):
    slider = explore.canary_share(visits_an_hour=visits).controls["visits_an_hour"]
    steps = (np.log10(visits) - slider.min) / slider.step
    assert steps == pytest.approx(round(steps), abs=1e-6)
