"""decision.md: one page, whole or not at all, and never over somebody's own words."""

from __future__ import annotations

from functools import cache

import pytest

import mlbook as mb
from mlbook.decision import Needs, decide
from mlbook.decision.page import first_alarm, yen
from tests.worlds import refusal, shop


@cache
def choice():
    runs = mb.compare(
        shop(), rest=mb.RestApi(), nightly=mb.SharedDb(), stream=mb.Streaming(), app=mb.MobileApp()
    )
    return decide(runs, Needs(daily_requests=2e6, freshness_s=5.0))


def test_the_page_names_needs_table_choice_flips_and_alarm(tmp_path):
    page = choice().write(tmp_path / "decision.md").read_text(encoding="utf-8")
    assert (
        "**Recommended: stream. Out: rest (fresh after 1.1 h); nightly (fresh after 24 h)" in page
    )
    assert "* 2,000,000 requests a day" in page
    assert "known to the answers within 5.0 s" in page
    assert all(f"\n| {name} | " in page for name in choice().runs)
    assert "The belief to ask about: yen that one more click brings, now 1; below 0.0" in page
    assert "an event waits in the queue" in page
    assert len(page.split()) < 700  # one page


def test_writing_again_replaces_the_page(tmp_path):
    path = choice().write(tmp_path / "decision.md")
    before = path.read_text(encoding="utf-8")
    choice().but(daily_requests=1e6).write(path)
    assert path.read_text(encoding="utf-8") != before
    assert [each.name for each in tmp_path.iterdir()] == ["decision.md"]


@pytest.mark.parametrize("alter", [lambda text: text + "our note\n", lambda _: "our own page\n"])
def test_an_edited_or_foreign_file_is_never_overwritten(tmp_path, alter):
    path = choice().write(tmp_path / "decision.md")
    path.write_text(mine := alter(path.read_text(encoding="utf-8")), encoding="utf-8")
    words = refusal(FileExistsError, choice().write, path)
    assert "Rename it" in words
    assert path.read_text(encoding="utf-8") == mine


def test_the_alarm_rings_at_what_the_undisturbed_run_never_passed():
    runs = choice().runs
    oldest_h = runs["nightly"].requests["feature_age_s"].max() / mb.HOUR
    assert f"aged {oldest_h:.0f} h" in first_alarm(runs["nightly"])
    p99_ms = runs["rest"].requests["latency_s"].quantile(0.99) * 1000
    assert f"p99 was {p99_ms:.0f} ms" in first_alarm(runs["rest"])
    assert "age of the model on the phones" in first_alarm(runs["app"])


def test_yen_are_written_with_three_digits():
    assert [yen(each) for each in (1_234_567, -43_210, 999.6, 0.2, -0.2)] == [
        "¥1.23 M", "-¥43.2 k", "¥1 k", "¥0", "¥0",
    ]  # fmt: skip
