"""The boxes are short, sourced and dated; an old one is reported, not failed."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta

import pytest

from mlbook.lessons.then_and_now import BOXES, then_and_now

BY_CHAPTER = pytest.mark.parametrize("box", BOXES, ids=lambda box: box.chapter)
RENEW_AFTER = timedelta(days=548)  # 18 months


@BY_CHAPTER
def test_a_box_has_at_most_120_words(box):
    assert len(box.text.split()) <= 120


@BY_CHAPTER
def test_a_box_names_its_sources_with_addresses(box):
    assert box.sources
    for title, address in box.sources:
        assert title
        assert address.startswith("https://")
        assert f"[{title}]({address})" in box._repr_markdown_()


@BY_CHAPTER
@pytest.mark.filterwarnings("default")
def test_an_old_box_is_reported(box):
    age = datetime.now(UTC).date() - box.read_on
    assert age >= timedelta(days=-1), "read in the future"
    if age > RENEW_AFTER:
        warnings.warn(f"then and now {box.chapter}: read {age.days} days ago", stacklevel=1)


def test_an_unknown_chapter_is_named_with_the_known_ones():
    with pytest.raises(ValueError, match=r"chapter must be one of '00', .*'07', .*got '6'"):
        then_and_now("6")
