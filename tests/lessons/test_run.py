import json
import sys

import pytest

from mlbook.files import made_from
from mlbook.lessons.catalogue import Break, Route
from mlbook.lessons.run import execute

WITH_MORE = """
# %% tags=["parameters"]
days: float = 14.0  # days; full: 28

# %%
f"core of {days}"

# %% [markdown]
# # More, if you have time

# %%
f"more of {days}"
"""
CORES = Route(name="cores", title="Cores", legs=("00", Break(minutes=5)))
WHOLE = Route(name="whole", title="Whole lessons", legs=("00",), whole_minutes=60)


@pytest.fixture(scope="module")
def report(folder, good, raising, tmp_path_factory):
    """Run the raising and the good lesson at the same time, once for this file."""
    out = tmp_path_factory.mktemp("a {strange} place") / "deep" / "out"
    given = {"rate_per_s": "80", "label": "</pre><script>alert(2)</script>"}
    status = execute([raising, good], out, given, jobs=2, notebooks=folder)
    return status, out


@pytest.fixture(scope="module")
def summary(report):
    return json.loads((report[1] / "summary.json").read_text(encoding="utf-8"))


def test_a_lesson_that_raises_gives_status_one_and_does_not_stop_the_others(report, summary):
    assert report[0] == 1
    assert summary["status"] == "failed"
    assert [each["status"] for each in summary["lessons"]] == ["failed", "ok"]
    written = {path.name for path in report[1].iterdir()}
    assert written == {
        "01_good.html",
        "02_raising.html",
        "files",
        "index.html",
        "notebooks",
        "summary.json",
    }


def test_the_summary_says_from_which_files_and_values_it_was_made(summary, folder):
    assert summary["made_from"] == made_from(folder)
    assert summary["given"]["rate_per_s"] == "80"


def test_the_summary_says_where_and_why(summary):
    error = summary["lessons"][0]["error"]
    assert error["name"] == "ValueError"
    assert error["message"] == "<script>alert(1)</script> & every_h must be > 0"
    assert error["cell"] == 4
    assert summary["lessons"][1]["error"] is None


def test_the_summary_holds_every_parameter_with_the_value_it_had(summary):
    raising, good = summary["lessons"]
    assert raising["parameters"] == {"rate_per_s": 80.0, "every_h": 24.0}
    assert good["parameters"] == {
        "rate_per_s": 80.0,
        "workers": 4,
        "label": "</pre><script>alert(2)</script>",
    }
    assert good["seconds"] > 0
    assert summary["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))


def test_the_failing_page_links_to_the_cell_and_shows_the_message_escaped(report, read_page):
    page = read_page((report[1] / "02_raising.html").read_text(encoding="utf-8"))
    error = json.loads((report[1] / "summary.json").read_text())["lessons"][0]["error"]
    assert f'href="#cell-{error["cell_id"]}"' in page.html
    assert f'id="cell-{error["cell_id"]}"' in page.html
    assert "ValueError: <script>alert(1)</script> & every_h must be > 0" in page.text
    assert "this cell ran" in page.text
    assert page.scripts == 0


def test_the_good_page_shows_what_the_parameters_did_and_the_panels_picture(report, read_page):
    page = read_page((report[1] / "01_good.html").read_text(encoding="utf-8"))
    assert "</pre><script>alert(2)</script> 320.0" in page.text
    assert [image["alt"] for image in page.images] == ["Waits at 80 visits per second"]
    assert "At 80 visits per second." in page.text
    assert "Run this lesson in JupyterLab" in page.text


@pytest.mark.parametrize("name", ["01_good.html", "02_raising.html", "index.html"])
def test_no_page_needs_a_network_and_every_picture_is_described(report, read_page, name):
    page = read_page((report[1] / name).read_text(encoding="utf-8"))
    assert page.network == []
    assert page.scripts == 0
    assert all(image["alt"] for image in page.images)


def test_a_lesson_works_in_a_folder_of_its_own(report):
    assert (report[1] / "files" / "01_good" / "notes.txt").read_text() == "kept"


def test_the_runs_python_is_the_lessons_python(make_folder, good, tmp_path, monkeypatch):
    # A kernel of the same name in the user's own folder belongs to somebody else.
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    alien = tmp_path / "data" / "kernels" / "python3"
    alien.mkdir(parents=True)
    spec = {"argv": ["no-such-python"], "display_name": "x", "language": "python"}
    (alien / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    source = "# %%\nimport os, sys\nassert 'inline' in os.environ['MPLBACKEND']\nsys.executable\n"
    folder = make_folder(_01_good=source)
    assert execute([good], tmp_path / "out", notebooks=folder) == 0
    assert sys.executable in (tmp_path / "out" / "01_good.html").read_text()


@pytest.mark.parametrize(
    ("source", "name", "message", "cell"),
    [
        ("# %%\n1\n# %%\nimport time\ntime.sleep(60)\n", "CellTimeoutError", "longer than 1 s", 2),
        ("# %%\nimport os\nos._exit(3)\n", "DeadKernelError", "died", 1),
    ],
    ids=["too slow", "process died"],
)
def test_a_cell_that_cannot_tell_its_error_is_still_named(
    make_folder, good, tmp_path, source, name, message, cell
):
    folder = make_folder(_01_good=source)
    assert execute([good], tmp_path, notebooks=folder, timeout_s=1) == 1
    (found,) = json.loads((tmp_path / "summary.json").read_text())["lessons"]
    assert found["error"]["name"] == name
    assert message in found["error"]["message"]
    assert found["error"]["cell"] == cell
    assert name in (tmp_path / "01_good.html").read_text()


def test_nothing_is_written_when_a_parameter_is_wrong(folder, good, raising, tmp_path):
    out = tmp_path / "out"
    with pytest.raises(ValueError, match="Did you mean 'rate_per_s'"):
        execute([good, raising], out, {"rate_pers": 5}, notebooks=folder)
    with pytest.raises(ValueError, match=r"workers must be a whole number .* got '1.5'"):
        execute([good, raising], out, {"workers": 1.5}, notebooks=folder)
    assert not out.exists()


def test_nothing_is_written_when_jobs_or_timeout_are_wrong(folder, good, tmp_path):
    with pytest.raises(ValueError, match=r"jobs must be >= 1 .* got 0"):
        execute([good], tmp_path / "out", jobs=0, notebooks=folder)
    with pytest.raises(TypeError, match=r"timeout_s must be a whole number .* got 1.5"):
        execute([good], tmp_path / "out", timeout_s=1.5, notebooks=folder)
    assert list(tmp_path.iterdir()) == []


def test_a_lesson_without_a_notebook_is_named_with_the_command_that_makes_it(good, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"01_good\.ipynb is missing.*mlbook build"):
        execute([good], tmp_path / "out", notebooks=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["", "deeper/still"])
def test_a_file_where_the_output_folder_should_be_is_refused(folder, good, tmp_path, below):
    (tmp_path / "taken").write_text("mine")
    out = tmp_path / "taken" / below
    with pytest.raises(NotADirectoryError, match="taken is a file") as caught:
        execute([good], out, notebooks=folder)
    assert f"got '{out}'" in str(caught.value)
    assert "--out DIR" in str(caught.value)
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_folder_that_may_not_be_written_is_refused(folder, good, tmp_path, monkeypatch):
    # Tests may run as root, for whom every folder is writable.
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(PermissionError, match="no permission to write") as caught:
        execute([good], tmp_path / "out", notebooks=folder)
    assert str(tmp_path) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_lessons_own_notebooks_are_never_overwritten(folder, good):
    parent = folder.parent / "checkout"
    parent.mkdir()
    (parent / "notebooks").symlink_to(folder)
    before = (folder / "01_good.ipynb").read_bytes()
    with pytest.raises(FileExistsError, match="holds the lessons themselves"):
        execute([good], parent, notebooks=parent / "notebooks")
    assert (folder / "01_good.ipynb").read_bytes() == before


def shown_of(out):
    notebook = json.loads((out / "notebooks" / "01_good.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return ["".join(output["data"]["text/plain"]).strip("'") for output in outputs]


@pytest.mark.parametrize(
    ("route", "shown"),
    [
        (CORES, ["core of 14.0"]),
        (WHOLE, ["core of 14.0", "more of 14.0"]),
    ],
    ids=["cores", "whole"],
)
def test_a_route_runs_the_core_only(make_folder, good, tmp_path, route, shown):
    folder = make_folder(_01_good=WITH_MORE)
    assert execute([good], tmp_path, route=route, notebooks=folder) == 0
    assert shown_of(tmp_path) == shown
    page = (tmp_path / "01_good.html").read_text()
    assert ("More, if you have time" in page) == (len(shown) == 2)
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["route"] == route.name


def test_in_a_route_a_failing_cell_keeps_its_place(make_folder, good, tmp_path):
    source = f"# %%\n0\n# %% [markdown]\n# text\n# %%\n1 / 0\n{WITH_MORE}"
    folder = make_folder(_01_good=source)
    assert execute([good], tmp_path, {"days": 7}, route=CORES, notebooks=folder) == 1
    (found,) = json.loads((tmp_path / "summary.json").read_text())["lessons"]
    assert found["error"]["name"] == "ZeroDivisionError"
    assert found["error"]["cell"] == 3
    assert f'id="cell-{found["error"]["cell_id"]}"' in (tmp_path / "01_good.html").read_text()


def test_a_long_run_takes_the_full_values(make_folder, good, tmp_path):
    folder = make_folder(_01_good=WITH_MORE)
    assert execute([good], tmp_path, profile="full", notebooks=folder) == 0
    assert shown_of(tmp_path)[0] == "core of 28.0"
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["profile"] == "full"
    assert summary["lessons"][0]["parameters"] == {"days": 28.0}


def test_the_longest_lesson_starts_first_and_the_report_keeps_the_order(
    folder, good, raising, tmp_path, capsys
):
    last = {"lessons": [{"slug": "01_good", "seconds": 1}, {"slug": "02_raising", "seconds": 2}]}
    (tmp_path / "summary.json").write_text(json.dumps(last))
    execute([good, raising], tmp_path, notebooks=folder)
    assert [line[2:4] for line in capsys.readouterr().out.splitlines()] == ["02", "01"]
    lessons = json.loads((tmp_path / "summary.json").read_text())["lessons"]
    assert [each["number"] for each in lessons] == ["01", "02"]


def test_an_unknown_profile_is_refused_before_anything_runs(folder, good, tmp_path):
    with pytest.raises(ValueError, match="profile must be one of 'quick', 'full', got 'ful'"):
        execute([good], tmp_path / "out", profile="ful", notebooks=folder)
    assert list(tmp_path.iterdir()) == []
