"""The kit for a USB stick holds all that a room needs, and its card's own commands install it."""

from __future__ import annotations

import html
import os
import platform
import re
import shlex
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlbook.lessons import kit
from mlbook.lessons.catalogue import find

if TYPE_CHECKING:
    from collections.abc import Callable


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program without what this shell tells Python."""
    hidden = ("PYTHONPATH", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")
    clean = {name: value for name, value in os.environ.items() if name not in hidden}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=clean | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=900,
    )


def pip_can_fetch(folder: Path) -> bool:
    fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--retries=0", "--timeout=20"]
    return run(*fetch, "--no-deps", "setuptools>=77", cwd=folder).returncode == 0


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and not any(part.startswith(".") for part in path.parts[-2:])
    }


def commands_of(card: Path, system: str) -> list[list[str]]:
    """Read from the card what it tells the users of a system to type."""
    (block,) = re.findall(f'<pre class="{system}">(.*?)</pre>', card.read_text(), re.DOTALL)
    return [shlex.split(line) for line in html.unescape(block).splitlines()]


@pytest.fixture
def stick(project_copy: Path, tmp_path: Path, absent: Callable[[str], None]) -> Path:
    """Make the kit of one lesson in a clone that was built before, and carry it elsewhere."""
    if not pip_can_fetch(tmp_path):
        absent("needs a package registry to build the wheels")
    (project_copy / "build" / "lib" / "mlbook").mkdir(parents=True)
    (project_copy / "build" / "lib" / "mlbook" / "stale.py").touch()
    made = run(sys.executable, "-m", "mlbook", "kit", "07", cwd=project_copy)
    assert made.returncode == 0, made.stdout
    assert made.stdout.splitlines()[-1] == f"kit: {Path('build/kit', kit.CARD)}"
    return (project_copy / "build" / "kit").rename(tmp_path / "a copy of the stick")


@pytest.mark.slow
def test_the_kit_installs_without_a_network_and_runs_a_lesson(
    stick: Path, project_copy: Path, tmp_path: Path
):
    assert {path.name for path in stick.iterdir()} == {
        "INSTALL.html",
        "report",
        "sources",
        "wheels",
        "worksheet.html",
    }
    assert (stick / "report" / "07_shared_db.html").is_file()
    assert "07.alarm" in (stick / "worksheet.html").read_text(encoding="utf-8")
    assert_wheel_carries_the_project(stick, project_copy)

    # Neither this machine's settings of pip nor its environment may help.
    alone = {name: "" for name in os.environ if name.startswith("PIP_")}
    alone["PIP_CONFIG_FILE"] = os.devnull
    system = {"Darwin": "macOS"}.get(platform.system(), platform.system())
    venv, install, examine, _ = commands_of(stick / kit.CARD, system)
    assert "--no-index" in install
    made = run(sys.executable, *venv[1:], cwd=stick)
    assert made.returncode == 0, made.stdout
    # To compile every module of every package takes longer than those that a lesson loads.
    installed = run(*install, "--quiet", "--no-compile", cwd=stick, **alone)
    assert installed.returncode == 0, installed.stdout

    # JupyterLab refuses to serve the superuser of a container without this.
    (tmp_path / "jupyter_server_config.py").write_text("c.ServerApp.allow_root = True\n")
    examined = run(*examine, cwd=stick, JUPYTER_CONFIG_DIR=str(tmp_path))
    assert examined.stdout.splitlines()[-1] == "ready", examined.stdout

    lesson = [examine[0], "-m", "mlbook", "run", "07", "--out", "my report"]
    ran = run(*lesson, cwd=stick)
    assert ran.returncode == 0, ran.stdout
    assert (stick / "my report" / "index.html").is_file()


def assert_wheel_carries_the_project(stick: Path, project: Path) -> None:
    (wheel,) = stick.glob("wheels/mlbook-*.whl")
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    code = {f"mlbook/{name}" for name in files_below(project / "mlbook")}
    shared = {
        f"mlbook/_share/{folder}/{name}"
        for folder in ("data", "notebooks")
        for name in files_below(project / folder)
    }
    assert carried == code | shared
    (archive,) = stick.glob("sources/mlbook-*.tar.gz")
    with tarfile.open(archive) as sources:
        assert any(name.endswith("src/07_shared_db.py") for name in sources.getnames())


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder that looks like a checkout; building wheels for it does nothing."""

    def packages(project: Path, part: Path) -> None:
        (part / "wheels").mkdir(parents=True)
        (part / "wheels" / "mlbook-9.9-py3-none-any.whl").touch()

    monkeypatch.setattr(kit, "_packages", packages)
    (tmp_path / "constraints.txt").touch()
    return tmp_path


def fake_report(status: int) -> Callable[..., int]:
    def execute(lessons, out: Path, *, jobs: int) -> int:
        (out / "notebooks").mkdir(parents=True)
        for lesson in lessons:
            text = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
            (out / "notebooks" / f"{lesson.slug}.ipynb").write_text(text)
        return status

    return execute


def test_a_new_kit_replaces_the_old_one_and_a_failed_lesson_leaves_it(checkout, monkeypatch):
    out = checkout / "kit"
    monkeypatch.setattr(kit, "execute", fake_report(0))
    assert kit.build_kit([find("00")], out, checkout) == 0
    assert "mlbook 9.9" in (out / kit.CARD).read_text(encoding="utf-8")
    (out / "left over").touch()
    monkeypatch.setattr(kit, "execute", fake_report(1))
    assert kit.build_kit([find("06")], out, checkout) == 1
    assert (out / "left over").exists()
    monkeypatch.setattr(kit, "execute", fake_report(0))
    assert kit.build_kit([find("06")], out, checkout) == 0
    assert not (out / "left over").exists()
    assert "06 Pattern 1" in (out / kit.CARD).read_text(encoding="utf-8")
    assert [path.name for path in checkout.glob("kit*")] == ["kit"]


def test_a_folder_with_other_files_is_not_taken_for_a_kit(checkout):
    (checkout / "photos").mkdir()
    (checkout / "photos" / "mine.png").touch()
    with pytest.raises(FileExistsError, match="out must be a new or empty folder") as caught:
        kit.build_kit([find("00")], checkout / "photos", checkout)
    assert str(checkout / "photos") in str(caught.value)
    assert (checkout / "photos" / "mine.png").exists()


def test_an_installed_copy_says_that_a_checkout_is_needed(tmp_path):
    with pytest.raises(FileNotFoundError, match="is no checkout of the project"):
        kit.build_kit([find("00")], tmp_path / "kit", tmp_path)


def test_a_step_that_fails_says_which_and_its_last_words(capsys):
    with pytest.raises(OSError, match="the wheels could not be made: no network, I fear") as caught:
        kit._call("wheels", "-c", "print('much'); raise SystemExit('no network, I fear')")
    assert "It needs a network" in str(caught.value)
    assert capsys.readouterr().out.splitlines() == ["… wheels"]


@pytest.mark.parametrize("system", ["Linux", "Darwin", "Windows"])
def test_only_the_system_that_made_the_kit_needs_no_network(system, monkeypatch, tmp_path):
    monkeypatch.setattr(platform, "system", lambda: system)
    card = tmp_path / kit.CARD
    card.write_text(kit._card("mlbook-9.9-py3-none-any.whl", [find("00")]), encoding="utf-8")
    names = {"Linux": "Linux", "Darwin": "macOS", "Windows": "Windows"}
    for name in names.values():
        _, install, examine, lab = (shlex.join(line) for line in commands_of(card, name))
        offline = name == names[system]
        assert ("--no-index" in install) == offline
        # Elsewhere pip may ask the registry, which need not have our mlbook.
        assert ("mlbook-9.9-py3-none-any.whl[fast]" in install) != offline
        assert examine.endswith("-m mlbook doctor --workshop")
        assert lab.endswith("-m mlbook lab")
    assert f"<b>{names[system]} on " in card.read_text()


@pytest.mark.browser
def test_the_card_prints_on_one_page(chromium, require, tmp_path):
    require("playwright")
    from playwright.sync_api import sync_playwright

    card = tmp_path / kit.CARD
    card.write_text(kit._card("mlbook-0.1.0-py3-none-any.whl", [find("00")]), encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(offline=True)
        page.goto(card.as_uri())
        printed = page.pdf(prefer_css_page_size=True)
        browser.close()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
