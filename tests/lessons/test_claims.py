"""A number in the text is compared with what the run gives."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mlbook.lessons.claims import answer, claims_of
from mlbook.lessons.run import execute

LESSON = """
# %% tags=["parameters"]
hours: float = 12.0  # hours between two batches

# %%
ages = [0.0, hours / 2, hours]

# %% [markdown]
# The mean is **6 h** <!-- claim: sum(ages) / 3 ~ 6 tol 1% -->, the rest
# is <!-- claim: max(ages) == 2 * ages[1] --> law.

# %%
ages = [99.0]

# %% [markdown]
# One is left <!-- claim: len(ages) ~ 1 tol 0 -->.
"""


def run(make_folder, good, out, source, given=None):
    """Run one lesson; give the exit status, its summary and its page."""
    status = execute([good], out, given, notebooks=make_folder(_01_good=source))
    (summary,) = json.loads((out / "summary.json").read_text())["lessons"]
    return status, summary, (out / "01_good.html").read_text()


def test_a_claim_is_evaluated_as_the_kernel_stood_after_the_cell_above(make_folder, good, tmp_path):
    status, summary, page = run(make_folder, good, tmp_path, LESSON)
    assert status == 0
    assert summary["claims"] == {"made": 3, "broken": []}
    assert "claims." not in page
    assert "3 of 3 hold" in (tmp_path / "index.html").read_text()


def test_a_changed_number_in_the_text_fails_the_run_and_is_named(make_folder, good, tmp_path):
    wrong = LESSON.replace(
        "**6 h** <!-- claim: sum(ages) / 3 ~ 6", "**7 h** <!-- claim: sum(ages) / 3 ~ 7"
    )
    status, summary, page = run(make_folder, good, tmp_path, wrong)
    assert status == 1
    assert summary["error"]["name"] == "BrokenClaim"
    assert summary["error"]["cell"] == 3
    assert "the text says 7 ± 0.07, sum(ages) / 3 gives 6" in summary["error"]["message"]
    assert "The text claims what this run does not show" in page
    assert "did not run" not in page


def test_with_another_parameter_the_page_shows_the_value_beside_the_number(
    make_folder, good, tmp_path
):
    status, summary, page = run(make_folder, good, tmp_path, LESSON, {"hours": 24})
    assert status == 0
    assert len(summary["claims"]["broken"]) == 1
    assert '<strong>6 h</strong> <span class="measured">(12 here)</span>' in page


def test_the_lessons_own_value_given_as_parameter_still_has_to_hold(make_folder, good, tmp_path):
    wrong = LESSON.replace("~ 1 tol 0", "~ 2 tol 0")
    status, summary, _ = run(make_folder, good, tmp_path, wrong, {"hours": 12})
    assert status == 1
    assert summary["error"]["cell"] == 5


def test_the_executed_notebook_is_the_lesson_as_its_author_wrote_it(make_folder, good, tmp_path):
    run(make_folder, good, tmp_path, LESSON)
    executed = json.loads((tmp_path / "notebooks" / "01_good.ipynb").read_text())
    assert len(executed["cells"]) == 5
    assert not any("globals()" in "".join(cell["source"]) for cell in executed["cells"])


def test_after_a_cell_that_raises_only_the_claims_before_it_are_counted(
    make_folder, good, tmp_path
):
    broken = LESSON.replace("ages = [99.0]", "raise RuntimeError('stop')")
    status, summary, _ = run(make_folder, good, tmp_path, broken)
    assert status == 1
    assert summary["error"]["name"] == "RuntimeError"
    assert summary["claims"] == {"made": 2, "broken": []}


def test_an_expression_that_cannot_be_evaluated_is_a_broken_claim():
    [claim] = claims_of("five <!-- claim: nosuch ~ 5 tol 1 -->")
    [given] = answer({}, [claim.expression]).found
    assert given == {"problem": "NameError: name 'nosuch' is not defined"}
    assert not claim.holds(float("nan"))


def test_evaluating_leaves_the_lessons_names_alone():
    names = {"x": 2}
    assert answer(names, ["(y := x + 1)", "np.sqrt(16)"]).found == [
        {"measured": 3},
        {"measured": 4},
    ]
    assert names == {"x": 2}


@pytest.mark.parametrize(
    ("tolerance", "edge"), [("tol 2%", 0.4), ("tol 0.5", 0.5), ("tol 1e-3", 1e-3)]
)
def test_a_tolerance_is_relative_with_a_percent_sign_and_absolute_without(tolerance, edge):
    [claim] = claims_of(f"<!-- claim: x ~ 20 {tolerance} -->")
    assert claim.holds(20 + 0.99 * edge)
    assert not claim.holds(20 + 1.01 * edge)
    assert not claim.holds(20 - 1.01 * edge)


@pytest.mark.parametrize("text", ["x ~ 20", "x ~ twenty tol 1", "x ~ 20 tol", "1 +", "a b"])
def test_a_malformed_claim_is_refused_with_the_form_it_must_have(text):
    with pytest.raises(ValueError, match=r"expression ~ number tol 5%' or one expression, got"):
        claims_of(f"<!-- claim: {text} -->")


def test_a_claim_may_stand_in_several_lines_and_hold_commas():
    [claim] = claims_of("<!-- claim:\n  f(a,\n    b)\n  ~ 293,610 tol 1%\n-->")
    assert (claim.expression, claim.value) == ("f(a, b)", 293_610)
    assert claim.tolerance == pytest.approx(2936.1)


def test_numpy_numbers_and_truth_values_are_numbers():
    found = answer({"a": np.arange(3)}, ["a.sum()", "(a > 5).any()", "a"]).found
    assert found[:2] == [{"measured": 3.0}, {"measured": 0.0}]
    assert found[2]["problem"].startswith("TypeError")
