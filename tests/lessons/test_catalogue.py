import importlib.util

import pytest

from mlbook.files import notebooks_dir
from mlbook.lessons.catalogue import LESSONS, PLANNED, ROUTES, Break, Lesson, find, find_route


@pytest.mark.parametrize("name", ["06", "6", "06_rest_api"])
def test_a_lesson_is_found_by_number_and_by_slug(name):
    assert find(name).title == "Pattern 1: REST API"


@pytest.mark.parametrize("name", ["A1", "a1", "A1_latency_lab"])
def test_an_appendix_is_found_the_same_way_and_stands_after_the_chapters(name):
    assert find(name) == LESSONS[-1]
    assert find(name).title.startswith("The latency lab")


def test_an_unknown_lesson_is_refused_with_the_nearest_one_and_the_list():
    with pytest.raises(ValueError, match="Did you mean '06_rest_api'") as caught:
        find("06_rest_apo")
    for each in LESSONS:
        assert f"{each.number}  {each.title}" in str(caught.value)


def test_lessons_stand_in_the_talks_order_under_their_numbers():
    numbers = [each.number for each in LESSONS]
    assert numbers == sorted(set(numbers))
    assert all(each.slug.startswith(f"{each.number}_") for each in LESSONS)


@pytest.mark.parametrize(
    ("number", "words"), [("11", "slide 24"), ("00", "slides 1-3"), ("02", "slides 5, 28")]
)
def test_one_slide_is_a_slide_and_more_are_slides(number, words):
    assert find(number).slides_in_words == words


@pytest.mark.parametrize("each", LESSONS, ids=lambda each: each.slug)
def test_the_library_that_a_lesson_names_exists(each):
    for module in each.modules:
        assert importlib.util.find_spec(f"mlbook.{module}"), module


def test_every_source_is_catalogued_and_every_catalogued_lesson_has_a_source():
    sources = {path.stem for path in (notebooks_dir() / "src").glob("*.py")}
    assert sources == {each.slug for each in LESSONS}


def test_every_chapter_of_the_talk_is_either_written_or_planned():
    numbers = sorted(each.number for each in (*LESSONS, *PLANNED))
    assert numbers == [*(f"{number:02d}" for number in range(18)), "A1"]


def test_the_half_day_adds_up_to_180_minutes_with_its_break():
    half_day = find_route("half-day")
    cores = {"00": 15, "06": 30, "07": 30, "08": 20, "09": 15, "10": 30, "02": 25}
    stops = [each for each in half_day.stops if not isinstance(each, Break)]
    assert {each.number: each.core_minutes for each in stops} == cores
    assert sum(each.minutes for each in half_day.stops if isinstance(each, Break)) == 15
    assert sum(cores.values()) + 15 == 180
    assert half_day.minutes == (180, 180)


def test_the_class_on_ab_tests_takes_two_hours():
    assert find_route("ab-class").minutes == (120, 120)


def test_the_full_course_has_every_chapter_and_counts_20_to_40_minutes_where_none_are_fixed():
    course = find_route("full-course")
    assert [each.number for each in course.stops] == [f"{number:02d}" for number in range(18)]
    fixed = [each.core_minutes for each in course.stops if each.core_minutes]
    rough = 18 - len(fixed)
    assert course.minutes == (sum(fixed) + 20 * rough, sum(fixed) + 40 * rough)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_a_route_knows_which_of_its_lessons_are_written(route):
    assert all(isinstance(each, Lesson) for each in route.lessons)
    assert {each.number for each in route.planned}.isdisjoint(each.number for each in LESSONS)
    numbers = [leg for leg in route.legs if isinstance(leg, str)]
    assert len(route.lessons) + len(route.planned) == len(numbers)


def test_an_unknown_route_is_refused_with_the_nearest_one():
    with pytest.raises(ValueError, match="Did you mean 'half-day'"):
        find_route("halfday")
