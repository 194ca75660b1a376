"""A whole sweep: two lessons, one of which fails for one of the values."""

import contextlib
import io
import json
from datetime import UTC, datetime

import pytest

from mlbook.lessons.given import Sweep
from mlbook.lessons.outcome import Outcome
from mlbook.lessons.plan import plan_batches
from mlbook.lessons.run import execute
from mlbook.lessons.sweep import write_sweep

SWEPT = """
# %% tags=["parameters"]
rate_per_s: float = 50.0  # visits per second

# %% [markdown]
# ## <i>Waits</i>
#
# A picture of the waits.

# %%
from IPython.display import display

display(
    {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'><!--{rate_per_s}--></svg>"},
    metadata={"image/svg+xml": {"alt": f"Waits at {rate_per_s:g} <i>visits</i>"}},
    raw=True,
)

# %%
assert rate_per_s < 100, "<script>alert(1)</script>"
rate_per_s * 2

# %%
"the same"

# %% [markdown]
# That makes 100 <!-- claim: rate_per_s * 2 ~ 100 tol 1 --> at 50.
"""
UNTOUCHED = """
# %%
"no parameters"
"""


@pytest.fixture(scope="module")
def swept(make_folder, good, raising, tmp_path_factory):
    folder = make_folder(_01_good=SWEPT, _02_raising=UNTOUCHED)
    out = tmp_path_factory.mktemp("swept") / "out"
    sweep = Sweep("rate_per_s", ("10", "20", "200"))
    with contextlib.redirect_stdout(io.StringIO()) as said:
        status = execute([good, raising], out, sweep=sweep, jobs=2, notebooks=folder)
    return status, out, said.getvalue().splitlines()


@pytest.fixture(scope="module")
def comparison(swept, read_page):
    return read_page((swept[1] / "comparison.html").read_text(encoding="utf-8"))


def test_every_value_has_a_report_of_its_own(swept):
    status, out, _ = swept
    assert status == 1
    folders = ["01-rate_per_s=10.0", "02-rate_per_s=20.0", "03-rate_per_s=200.0"]
    assert sorted(path.name for path in out.iterdir()) == [
        *folders,
        "comparison.html",
        "index.html",
        "summary.json",
    ]
    for folder, value in zip(folders, (10.0, 20.0, 200.0), strict=True):
        (lesson,) = json.loads((out / folder / "summary.json").read_text())["lessons"]
        assert lesson["parameters"] == {"rate_per_s": value}
        assert (out / folder / "01_good.html").is_file()


def test_a_lesson_without_the_parameter_is_left_out_and_named(swept):
    assert swept[2][0] == "left out, because they have no rate_per_s: 02"
    assert {line[2:22] for line in swept[2][1:]} == {
        "01 rate_per_s=10.0  ",
        "01 rate_per_s=20.0  ",
        "01 rate_per_s=200.0 ",
    }
    assert not list(swept[1].rglob("02_raising*"))


def test_the_summary_holds_every_run(swept):
    summary = json.loads((swept[1] / "summary.json").read_text())
    assert (summary["status"], summary["sweep"]) == ("failed", "rate_per_s")
    runs = [(run["value"], run["folder"], run["status"]) for run in summary["runs"]]
    assert runs == [
        (10.0, "01-rate_per_s=10.0", "ok"),
        (20.0, "02-rate_per_s=20.0", "ok"),
        (200.0, "03-rate_per_s=200.0", "failed"),
    ]
    assert all(len(run["lessons"]) == 1 and run["not_run"] == [] for run in summary["runs"])


def test_pictures_stand_side_by_side_with_their_value_and_their_words(comparison):
    assert [image["alt"] for image in comparison.images] == [
        f"rate_per_s={value}: Waits at {value:g} <i>visits</i>" for value in (10.0, 20.0, 200.0)
    ]
    assert len({image["src"] for image in comparison.images}) == 3
    assert "A picture of the waits." in comparison.text


def test_numbers_stand_in_a_table_and_what_is_the_same_is_only_counted(comparison):
    words = " ".join(comparison.text.split())
    assert "rate_per_s * 2<i>Waits</i> 20.0 40.0 none" in words
    assert "rate_per_s * 2a number in the text 20 40 none" in words
    assert "Differing between the values: 3. Outputs that are the same and not shown: 1." in words
    assert "'the same'" not in words


def test_a_value_for_which_the_lesson_failed_says_why_escaped(comparison):
    assert "failed AssertionError: <script>alert(1)</script>" in " ".join(comparison.text.split())


@pytest.mark.parametrize("name", ["comparison.html", "index.html"])
def test_the_pages_of_a_sweep_load_nothing_and_their_links_lead_somewhere(swept, read_page, name):
    out = swept[1]
    page = read_page((out / name).read_text(encoding="utf-8"))
    assert page.network == []
    assert page.scripts == 0
    assert len(page.links) > 3
    for link in page.links:
        path, _, anchor = link.partition("#")
        assert (out / path).is_file()
        assert not anchor or f'id="{anchor}"' in (out / path).read_text(encoding="utf-8")


def test_an_interrupted_sweep_says_which_values_have_no_result(
    make_folder, good, tmp_path, read_page
):
    folder = make_folder(_01_good=SWEPT)
    sweep = Sweep("rate_per_s", ("10", "20"))
    batches = plan_batches([good], tmp_path, {}, folder, sweep=sweep)
    outcomes = [[Outcome(lesson=good, seconds=1)], [None]]
    write_sweep(tmp_path, batches, outcomes, datetime.now(UTC), {"sweep": "rate_per_s"})
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["status"] == "interrupted"
    assert [run["not_run"] for run in summary["runs"]] == [[], ["01_good"]]
    for name in ("comparison.html", "index.html"):
        text = read_page((tmp_path / name).read_text()).text
        assert "The run was interrupted" in text
        assert "did not run to its end" in text
    assert "02-rate_per_s=20.0/01_good.html" not in (tmp_path / "index.html").read_text()
