import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mlbook.lessons import build, catalogue, doctor, editions, instructor, lab, run
from mlbook.lessons.cli import main


@pytest.fixture
def invoke(folder, good, raising, tmp_path, monkeypatch):
    """Call the command line in an empty folder, with the two small lessons."""
    monkeypatch.setattr(catalogue, "LESSONS", (good, raising))
    monkeypatch.setattr(doctor, "LESSONS", (good, raising))
    for module in (build, doctor, editions, instructor, run):
        monkeypatch.setattr(module, "notebooks_dir", lambda: folder)
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, words)


def test_list_shows_number_title_minutes_slides_and_prerequisites(invoke):
    lines = invoke("list").output.splitlines()
    words = " ".join(lines[0].split())
    assert words == "01 Title of 01_good 10 min, slide 01, needs nothing"
    assert len(lines) == 2


def test_run_executes_the_chosen_lessons_and_prints_the_path_of_the_report(invoke):
    result = invoke("run", "1", "01_good", "-p", "workers=2", "-j", "2", "--out", "here")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == f"report: {Path('here/index.html')}"
    (lesson,) = json.loads(Path("here/summary.json").read_text())["lessons"]
    assert (lesson["slug"], lesson["parameters"]["workers"]) == ("01_good", 2)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "09"], "lesson must be one of those below, got '09'"),
        (["run", "-p", "every=6"], "has a parameter 'every'. Did you mean 'every_h'?"),
        (["run", "01", "-p", "every_h=6"], "lesson 01_good has no parameter 'every_h'."),
        (["run", "-p", "every_h=soon"], "every_h must be a finite number (float; hours between"),
        (["run", "-p", "every_h"], "-p must be name=value, got 'every_h'"),
        (["run", "--sweep", "workers=2,many"], "workers must be a whole number"),
        (["run", "--sweep", "workers=2"], "workers must be swept over two values or more"),
        (["run", "--sweep", "workers=2,4,2"], "swept over different values, got 2 twice"),
        (["run", "--sweep", "worker=2,4"], "has a parameter 'worker'. Did you mean 'workers'?"),
        (["run", "--sweep", "workers"], "--sweep must be name=value,value, got 'workers'"),
        (["run", "--sweep", "a=1,2", "--sweep", "b=1,2"], "--sweep must be given once, got 2"),
        (["run", "-p", "workers=1", "--sweep", "workers=2,4"], "workers must be given once"),
        (["run", "--profile", "fast"], "profile must be one of 'quick', 'full', got 'fast'"),
        (["run", "--route", "halfday"], "Did you mean 'half-day'?"),
        (["run", "01", "--route", "half-day"], "a route chooses the lessons, got 01 as well"),
        (["list", "--route", "halfday"], "Did you mean 'half-day'?"),
        (["run", "--out", "taken"], "out must be a folder to write in, got 'taken'"),
        (["run", "-j", "0"], "0 is not in the range"),
        (["run", "--timeout", "0"], "0 is not in the range"),
    ],
)
def test_a_mistake_is_one_message_with_status_two_and_nothing_is_written(invoke, words, message):
    Path("taken").write_text("mine")
    result = invoke(*words)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output
    assert [path.name for path in Path().iterdir()] == ["taken"]


def test_a_route_is_listed_with_minutes_break_and_sum():
    lines = CliRunner().invoke(main, ["list", "--route", "half-day"]).output.splitlines()
    words = [" ".join(line.split()) for line in lines]
    assert words[0] == "half-day: a half-day workshop"
    assert words[1] == "00 Start here: the shop without a model 15 min"
    assert words[4:6] == ["break 15 min", "08 Pattern 3: streaming 20 min"]
    assert words[-2] == "02 A/B tests that do not lie 25 min"
    assert words[-1] == "together 180 min"


def test_run_of_a_route_says_which_of_its_lessons_are_not_written(invoke, raising, monkeypatch):
    route = catalogue.Route(name="short", title="Short", legs=("01", "17"))
    monkeypatch.setattr(catalogue, "ROUTES", (route,))
    result = invoke("run", "--route", "short", "--out", "here")
    assert result.exit_code == 0, result.output
    first = result.output.splitlines()[0]
    assert first == "not written yet, left out of short: 17 Capstone: ninety days on call"
    assert not Path("here/02_raising.html").exists()


def test_a_route_without_any_lesson_is_refused(invoke, monkeypatch):
    route = catalogue.Route(name="later", title="Later", legs=("17",))
    monkeypatch.setattr(catalogue, "ROUTES", (route,))
    result = invoke("run", "--route", "later")
    assert result.exit_code == 2
    assert result.output.startswith("Error: route later has no lesson yet: not written are 17 Cap")
    assert list(Path().iterdir()) == []


def test_run_passes_profile_and_sweep_on(invoke, monkeypatch):
    asked = []
    monkeypatch.setattr(run, "execute", lambda *args, **more: asked.append(more) or 130)
    result = invoke("run", "--profile", "full", "--sweep", "workers=2,4")
    assert result.exit_code == 130
    assert asked[0]["profile"] == "full"
    assert (asked[0]["sweep"].name, asked[0]["sweep"].values) == ("workers", ("2", "4"))


def test_build_check_names_what_differs_and_the_command(invoke, make_folder, good, monkeypatch):
    folder = make_folder(_01_good="# %%\n1\n")
    for module in (build, instructor):
        monkeypatch.setattr(module, "notebooks_dir", lambda: folder)
    monkeypatch.setattr(catalogue, "LESSONS", (good,))
    monkeypatch.setattr(catalogue, "ROUTES", ())
    assert "INSTRUCTOR.md written" in invoke("build").output
    assert invoke("build", "--check").exit_code == 0
    (folder.parent / "INSTRUCTOR.md").write_text("by hand")
    (folder / "src" / "01_good.py").write_text("# %%\n2\n")
    (folder / "02_old.ipynb").write_text("{}")
    result = invoke("build", "--check")
    assert result.exit_code == 1
    assert "01_good.ipynb differs from its source" in result.output
    assert "02_old.ipynb has no source: delete it" in result.output
    assert "INSTRUCTOR.md differs from its source" in result.output
    assert "python -m mlbook build" in result.output
    assert "01_good.ipynb written" in invoke("build").output
    assert "in step" in invoke("build").output


def test_lab_copies_what_is_missing_and_never_overwrites(invoke, monkeypatch):
    commands = []
    monkeypatch.setattr(lab, "start", lambda command: commands.append(command) or 0)
    Path("work").mkdir()
    Path("work/01_good.ipynb").write_text("my own answers")
    result = invoke("lab", "--no-browser", "--port=9999")
    assert result.exit_code == 0, result.output
    assert Path("work/01_good.ipynb").read_text() == "my own answers"
    assert json.loads(Path("work/02_raising.ipynb").read_text())["nbformat"] == 4
    assert "kept your work/01_good.ipynb; a newer edition" in result.output.replace("\\", "/")
    (command,) = commands
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert "--ServerApp.ip=127.0.0.1" in command
    assert f"--ServerApp.root_dir={Path('work').resolve()}" in command
    assert command[-2:] == ["--no-browser", "--port=9999"]


def test_lab_with_a_projector_has_its_settings_in_work_and_lets_options_of_the_caller_win(
    invoke, monkeypatch
):
    commands = []
    monkeypatch.setattr(lab, "start", lambda command: commands.append(command) or 0)
    result = invoke("lab", "--projector", "--LabApp.default_url=/mine")
    assert result.exit_code == 0, result.output
    (command,) = commands
    assert f"--LabApp.user_settings_dir={Path('work/.projector/settings').resolve()}" in command
    assert command.index("--LabApp.default_url=/doc") < command.index("--LabApp.default_url=/mine")
    help_text = " ".join(invoke("lab", "--help").output.split())
    assert "--projector For a room: large type" in help_text


def test_doctor_ends_with_ready_when_nothing_is_wrong(invoke, monkeypatch):
    monkeypatch.setattr(doctor, "installed_versions", lambda: {"python": "3", "numba": None})
    result = invoke("doctor")
    lines = result.output.splitlines()
    assert lines[-1] == "ready", result.output
    assert result.exit_code == 0
    assert lines[1].startswith("· optional  numba")
    assert any(line.startswith("✓ ok        data") for line in lines)


def test_doctor_names_each_problem_and_what_to_do(invoke, monkeypatch, tmp_path):
    def altered(name):
        raise ValueError(f"{name} was altered. Restore it.")

    monkeypatch.setattr(doctor, "installed_versions", lambda: {"python": "3", "numpy": None})
    monkeypatch.setattr(doctor, "data_file", altered)
    monkeypatch.setattr(doctor, "notebooks_dir", lambda: tmp_path)
    (tmp_path / "taken").write_text("")
    result = invoke("doctor", "--out", "taken")
    assert result.exit_code == 1
    assert "✗ problem   numpy" in result.output
    assert "was altered. Restore it." in result.output
    assert "no 01_good, 02_raising: make them with" in result.output
    assert "taken is a file" in result.output
    assert result.output.splitlines()[-1].startswith("4 to repair")


def test_the_module_is_the_command_line():
    command = [sys.executable, "-m", "mlbook"]
    found = subprocess.run([*command, "list"], capture_output=True, text=True, encoding="utf-8")
    assert found.returncode == 0, found.stderr
    assert [line[:2] for line in found.stdout.splitlines()] == [
        each.number for each in catalogue.LESSONS
    ]
    wrong = subprocess.run([*command, "run", "99"], capture_output=True, text=True)
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("Error: lesson must be one of those below, got '99'")
    assert "Traceback" not in wrong.stderr


def test_listing_the_lessons_loads_no_notebook_machinery():
    code = (
        "import sys; from click.testing import CliRunner; from mlbook.lessons.cli import main; "
        "assert CliRunner().invoke(main, ['list']).exit_code == 0; "
        "sys.exit(', '.join({'papermill', 'nbconvert', 'jupytext'} & set(sys.modules)) or 0)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
