import math

import pytest

from mlbook.lessons.given import assign, split_pairs
from mlbook.lessons.parameters import Parameter, read_parameters

RATE = Parameter(name="rate_per_s", kind="float", default=50.0, comment="visits per second")
WORKERS = Parameter(name="workers", kind="int", default=4, comment="processes")
FAST = Parameter(name="fast", kind="bool", default=True, comment="")
LABEL = Parameter(name="label", kind="str", default="calm", comment="name of the run")


def test_the_tagged_cell_is_read_with_types_defaults_and_comments(folder):
    declared = read_parameters(folder / "01_good.ipynb")
    assert list(declared) == ["rate_per_s", "workers", "label"]
    assert declared["rate_per_s"] == Parameter(
        name="rate_per_s", kind="float", default=50.0, comment="visits per second, 1 to 400"
    )
    assert declared["label"].default == "calm"


def test_a_line_without_a_type_takes_that_of_its_value(make_folder):
    folder = make_folder(_01_bare='# %% tags=["parameters"]\nseed = 7\n')
    assert read_parameters(folder / "01_bare.ipynb")["seed"].kind == "int"


def test_a_lesson_without_the_cell_has_no_parameters(make_folder):
    folder = make_folder(_01_plain="# %%\nseed = 7\n")
    assert read_parameters(folder / "01_plain.ipynb") == {}


def test_braces_in_the_folders_name_are_no_parameters(tmp_path):
    from mlbook.lessons.build import build_notebooks

    folder = tmp_path / "my {course} here"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "01.py").write_text('# %% tags=["parameters"]\nx: int = 1\n')
    build_notebooks(folder)
    assert list(read_parameters(folder / "01.ipynb")) == ["x"]


@pytest.mark.parametrize(
    ("parameter", "given", "value"),
    [
        (RATE, "80", 80.0),
        (RATE, "1e-3", 0.001),
        (RATE, 6, 6.0),
        (WORKERS, "8", 8),
        (FAST, "no", False),
        (FAST, "True", True),
        (FAST, False, False),
        (LABEL, "a=b <i>", "a=b <i>"),
    ],
)
def test_a_text_becomes_the_declared_type(parameter, given, value):
    found = parameter.convert(given)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("parameter", "given", "rule"),
    [
        (RATE, "many", "a finite number (float; visits per second)"),
        (RATE, "nan", "a finite number (float; visits per second)"),
        (RATE, math.inf, "a finite number (float; visits per second)"),
        (WORKERS, "1.5", "a whole number (int; processes)"),
        (FAST, "maybe", "true or false (bool)"),
    ],
)
def test_a_wrong_type_is_refused_with_name_rule_value_and_next_step(parameter, given, rule):
    with pytest.raises(ValueError, match="must be") as caught:
        parameter.convert(given)
    assert str(caught.value) == (
        f"{parameter.name} must be {rule}, got {str(given)!r}. "
        f"Write for example -p {parameter.name}={parameter.default}."
    )


def test_pairs_are_split_at_the_first_equals_sign():
    assert split_pairs(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}


@pytest.mark.parametrize("pair", ["rate_per_s", "=5", " =5"])
def test_a_pair_without_name_or_value_is_refused(pair):
    with pytest.raises(ValueError, match="-p must be name=value") as caught:
        split_pairs([pair])
    assert repr(pair) in str(caught.value)


def test_a_name_given_twice_is_refused():
    with pytest.raises(ValueError, match="workers must be given once, got '1' and '2'"):
        split_pairs(["workers=1", "workers=2"])


def test_a_value_goes_to_every_lesson_that_declares_its_name():
    declared = {"01_a": {"rate_per_s": RATE, "workers": WORKERS}, "02_b": {"rate_per_s": RATE}}
    given = assign({"rate_per_s": "80", "workers": "2"}, declared)
    assert given == {"01_a": {"rate_per_s": 80.0, "workers": 2}, "02_b": {"rate_per_s": 80.0}}


def test_an_unknown_name_is_refused_with_the_nearest_and_the_list():
    with pytest.raises(ValueError, match="no parameter 'rate_pr_s'") as caught:
        assign({"rate_pr_s": "80"}, {"01_a": {"rate_per_s": RATE, "workers": WORKERS}})
    message = str(caught.value)
    assert message.startswith(
        "lesson 01_a has no parameter 'rate_pr_s'. Did you mean 'rate_per_s'?"
    )
    assert "rate_per_s: float = 50.0  # visits per second" in message
    assert "workers: int = 4  # processes" in message


def test_a_name_that_no_chosen_lesson_has_is_refused_with_all_their_lists():
    with pytest.raises(ValueError, match="none of the lessons 01_a, 02_b has") as caught:
        assign({"seed": "1"}, {"01_a": {"rate_per_s": RATE}, "02_b": {"workers": WORKERS}})
    assert "01_a  rate_per_s" in str(caught.value)
    assert "02_b  workers" in str(caught.value)


def test_a_lesson_without_parameters_says_so():
    with pytest.raises(ValueError, match="There are no parameters to set"):
        assign({"seed": "1"}, {"01_a": {}})
