import math

import pytest

from mlbook.lessons.given import Sweep, assign, split_pairs, split_sweep, sweep_values
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


def cell(line):
    return f'# %% tags=["parameters"]\n{line}\n'


@pytest.mark.parametrize(
    ("line", "comment", "full"),
    [
        (
            "days: float = 14.0  # length in days, 8 to 60; full: 28",
            "length in days, 8 to 60",
            28.0,
        ),
        ("days: float = 14.0  # full: 28", "", 28.0),
        ("users: int = 400  # users; 100 to 4000; full: 1000", "users; 100 to 4000", 1000),
        ("fast: bool = True  # quick; full: no", "quick", False),
        ("label: str = 'a'  # be careful: no spaces", "be careful: no spaces", None),
        ("days: float = 14.0", "", None),
    ],
)
def test_the_value_of_a_long_run_is_read_from_the_comment_in_its_type(
    make_folder, line, comment, full
):
    (found,) = read_parameters(make_folder(_01=cell(line)) / "01.ipynb").values()
    assert (found.comment, found.full) == (comment, full)
    assert type(found.full) is type(full)


@pytest.mark.parametrize("full", ["soon", "nan", "", "28 days"])
def test_a_full_value_of_the_wrong_type_names_the_notebook(make_folder, full):
    folder = make_folder(_01=cell(f"days: float = 14.0  # days; full: {full}"))
    with pytest.raises(ValueError, match=r"^01\.ipynb, parameters cell: days must be a finite"):
        read_parameters(folder / "01.ipynb")


def test_full_values_are_taken_when_asked_for_and_what_is_given_wins():
    days = Parameter(name="days", kind="float", default=14.0, comment="", full=28.0)
    declared = {"01_a": {"days": days, "rate_per_s": RATE}, "02_b": {"workers": WORKERS}}
    assert assign({}, declared) == {"01_a": {}, "02_b": {}}
    assert assign({}, declared, full=True) == {"01_a": {"days": 28.0}, "02_b": {}}
    assert assign({"days": "7"}, declared, full=True) == {"01_a": {"days": 7.0}, "02_b": {}}


def test_a_sweep_is_split_at_the_first_equals_sign_and_at_commas():
    assert split_sweep(" rate_per_s = 10, 20,30") == Sweep("rate_per_s", ("10", "20", "30"))
    assert split_sweep("label=a=b,c").values == ("a=b", "c")


@pytest.mark.parametrize("text", ["seed", "=1,2", " =1"])
def test_a_sweep_without_name_or_values_is_refused(text):
    with pytest.raises(ValueError, match="--sweep must be name=value,value") as caught:
        split_sweep(text)
    assert repr(text) in str(caught.value)


def test_the_values_of_a_sweep_get_the_type_of_the_parameter():
    declared = {"01_a": {"workers": WORKERS}, "02_b": {"rate_per_s": RATE}}
    values = sweep_values(Sweep("rate_per_s", ("10", "20")), declared)
    assert values == [10.0, 20.0]
    assert {type(value) for value in values} == {float}


@pytest.mark.parametrize(
    ("sweep", "message"),
    [
        (Sweep("rate_per", ("1", "2")), "no parameter 'rate_per'. Did you mean 'rate_per_s'?"),
        (Sweep("rate_per_s", ("1", "many")), "must be a finite number .* got 'many'"),
        (Sweep("rate_per_s", ("1", "")), "must be a finite number .* got ''"),
        (Sweep("rate_per_s", ("1",)), "two values or more, got 1.0. .* -p rate_per_s=1.0"),
        (Sweep("rate_per_s", ("6", "1", "6.0")), "different values, got 6.0 twice"),
    ],
)
def test_a_sweep_that_is_none_is_refused(sweep, message):
    with pytest.raises(ValueError, match=message):
        sweep_values(sweep, {"01_a": {"rate_per_s": RATE}})
