import importlib.util

import pytest

from mlbook.files import notebooks_dir
from mlbook.lessons.catalogue import LESSONS, find


@pytest.mark.parametrize("name", ["06", "6", "06_rest_api"])
def test_a_lesson_is_found_by_number_and_by_slug(name):
    assert find(name).title == "Pattern 1: REST API"


def test_an_unknown_lesson_is_refused_with_the_nearest_one_and_the_list():
    with pytest.raises(ValueError, match="Did you mean '06_rest_api'") as caught:
        find("06_rest_apo")
    for each in LESSONS:
        assert f"{each.number}  {each.title}" in str(caught.value)


def test_lessons_stand_in_the_talks_order_under_their_numbers():
    numbers = [each.number for each in LESSONS]
    assert numbers == sorted(set(numbers))
    assert all(each.slug.startswith(f"{each.number}_") for each in LESSONS)


@pytest.mark.parametrize("each", LESSONS, ids=lambda each: each.slug)
def test_the_library_that_a_lesson_names_exists(each):
    for module in each.modules:
        assert importlib.util.find_spec(f"mlbook.{module}"), module


def test_every_source_is_catalogued_and_every_catalogued_lesson_has_a_source():
    sources = {path.stem for path in (notebooks_dir() / "src").glob("*.py")}
    assert sources == {each.slug for each in LESSONS}
