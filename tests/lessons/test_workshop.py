"""`mlbook doctor --workshop`: each thing that fails in a room, failing."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import webbrowser
from types import SimpleNamespace
from typing import TYPE_CHECKING

import psutil
import pytest

from mlbook.lessons import workshop

if TYPE_CHECKING:
    from pathlib import Path

needs_posix = pytest.mark.skipif(os.name != "posix", reason="puts a shell script on the path")


@pytest.fixture
def settings(tmp_path, monkeypatch):
    """Give Jupyter settings of its own, in which the superuser of a container may serve."""
    folder = tmp_path / "settings"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(folder))
    file = folder / "jupyter_server_config.py"
    file.write_text("c.ServerApp.allow_root = True\n")
    return file


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Put another kernel named python3 before ours, as one left in a home folder would be."""

    def install(*argv: str, **env: str) -> Path:
        folder = tmp_path / "share" / "kernels" / "python3"
        folder.mkdir(parents=True)
        module = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": [*argv, *module], "display_name": "P", "language": "python", "env": env}
        (folder / "kernel.json").write_text(json.dumps(spec))
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))
        return folder

    return install


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put a program before all others on the path."""

    def install(name: str, body: str) -> None:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{path.parent}{os.pathsep}{os.environ['PATH']}")

    return install


def found(check) -> tuple[str, str]:
    return check.state, check.found


def test_a_healthy_machine_is_ready_and_nothing_is_left_behind(settings, tmp_path, root):
    place = tmp_path / "home"
    place.mkdir()
    command = [sys.executable, "-m", "mlbook", "doctor", "--workshop"]
    paths = os.environ | {"PYTHONPATH": str(root)}
    told = subprocess.run(command, cwd=place, env=paths, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
    *lines, last = told.stdout.splitlines()
    assert last == "ready"
    parts = ["work folder", "disk", "memory", "kernel", "JupyterLab", "sliders"]
    assert [line[12:26].strip() for line in lines if "✓" in line][-7:-1] == parts
    assert list(place.iterdir()) == []


def test_a_work_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "work").write_text("a file")
    state, words = found(workshop._work(tmp_path / "work"))
    assert state == "problem"
    assert "cannot be written: open a terminal in a folder of your own" in words


def test_a_full_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100e6))
    state, words = found(workshop._disk(tmp_path / "not" / "yet"))
    assert (state, words[:31]) == ("problem", "0.1 GB free, 0.2 GB are needed:")


def test_too_little_memory(monkeypatch):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=700e6))
    assert found(workshop._memory()) == (
        "problem",
        "0.7 GB free, 1.0 GB are needed: close other programs",
    )


def test_a_kernel_whose_python_lacks_what_a_lesson_needs_is_named_with_its_place(kernel):
    folder = kernel(sys.executable, "-I", "-S")  # no site-packages
    state, words = found(workshop._kernel())
    assert state == "problem"
    assert "No module named ipykernel_launcher" in words
    assert f"{folder} starts {sys.executable}" in words
    assert "jupyter kernelspec remove python3" in words


def test_a_package_that_is_installed_and_cannot_be_loaded(kernel, tmp_path, root):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sklearn.py").write_text("raise ImportError('libgomp.so.1: no such file')")
    kernel(sys.executable, PYTHONPATH=os.pathsep.join([str(broken), str(root)]))
    state, words = found(workshop._kernel())
    assert state == "problem"
    assert words.startswith("ImportError: libgomp.so.1: no such file")


def test_a_kernel_that_imports_another_copy_of_mlbook(kernel, project_copy):
    kernel(sys.executable, PYTHONPATH=str(project_copy))
    state, words = found(workshop._kernel())
    assert state == "problem"
    assert f"imports another mlbook, {project_copy / 'mlbook'}. " in words


@pytest.mark.parametrize(
    ("lesson", "words"),
    [
        ("import time; time.sleep(60)", "it takes longer than 2 s. "),
        ("import os; os.kill(os.getpid(), 9)", "it died"),
    ],
)
def test_a_kernel_that_gives_no_answer(monkeypatch, lesson, words):
    monkeypatch.setattr(workshop, "_LESSON", lesson)
    monkeypatch.setattr(workshop, "_LESSON_S", 2)
    check = workshop._kernel()
    assert check.state == "problem"
    assert words in check.found


def test_no_kernel_at_all(monkeypatch):
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    def none_found(_, name):
        raise NoSuchKernel(name)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", none_found)
    assert found(workshop._kernel()) == (
        "problem",
        "there is none called python3: pip install --force-reinstall ipykernel",
    )


def test_a_port_that_the_settings_ask_for_and_somebody_else_has(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with settings.open("a") as file:
            file.write(f"c.ServerApp.port = {port}\nc.ServerApp.port_retries = 0\n")
        (check,) = workshop._lab()
    assert check.part == "JupyterLab"
    assert check.state == "problem"
    assert "does not serve: " in check.found
    assert str(port) in check.found


def test_the_usual_port_may_be_taken(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with settings.open("a") as file:
            file.write(f"c.ServerApp.port = {port}\n")
        first, _ = workshop._lab()
    assert first.state == "ok"
    assert str(port) not in first.found


def test_a_server_that_says_nothing(monkeypatch):
    monkeypatch.setattr(workshop, "_START_S", 0.2)
    monkeypatch.setattr(
        workshop, "lab_command", lambda *_: [sys.executable, "-c", "import time; time.sleep(60)"]
    )
    (check,) = workshop._lab()
    assert check.state == "problem"
    assert "longer than 0.2 s" in check.found


def test_jupyterlab_without_the_part_that_shows_sliders(settings, tmp_path):
    with settings.open("a") as file:
        file.write(f"c.LabApp.labextensions_path = [{str(tmp_path)!r}]\n")
    first, sliders = workshop._lab()
    assert first.state == "ok"
    assert found(sliders) == (
        "problem",
        "not in JupyterLab: pip install --force-reinstall jupyterlab_widgets",
    )


def test_a_proxy_is_not_asked_for_this_machine(settings, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert [check.state for check in workshop._lab()] == ["ok", "ok"]


@pytest.mark.parametrize(("there", "state"), [(True, "ok"), (False, "optional")])
def test_where_no_browser_opens_the_address_is_opened_by_hand(monkeypatch, there, state):
    def get():
        if not there:
            raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "get", get)
    check = workshop._browser()
    assert check.state == state
    assert there or "by hand" in check.found


@needs_posix
@pytest.mark.parametrize(
    ("listed", "state", "words"),
    [("IPAGothic", "ok", "1 font"), ("", "optional", "the glossary shows boxes")],
)
def test_a_font_for_the_japanese_words(program, listed, state, words):
    program("fc-list", f"printf '{listed}'")
    check = workshop._japanese()
    assert check.state == state
    assert words in check.found


def test_the_last_line_names_the_first_thing_to_repair(settings, kernel, tmp_path, root):
    kernel(sys.executable, "-I", "-S")
    (tmp_path / "work").write_text("a file")
    command = [sys.executable, "-m", "mlbook", "doctor", "--workshop"]
    paths = os.environ | {"PYTHONPATH": str(root)}
    told = subprocess.run(command, cwd=tmp_path, env=paths, capture_output=True, text=True)
    assert told.returncode == 1
    last = told.stdout.splitlines()[-1]
    assert last.startswith(f"2 to repair, first work folder: {tmp_path / 'work'} cannot be")
