"""Put the lessons and the data beside the code in a wheel; everything else is in pyproject.toml.

`data/` and `notebooks/` become `mlbook/_share/`, where `mlbook.files` looks when there is no
checkout. They are copied into the build only, and the build lives in a temporary folder: `build/`
holds the learner's reports, and a file left over from an earlier build must not get into a wheel.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).resolve().parent
SHARED = ("data", "notebooks")
NOT_SHARED = shutil.ignore_patterns(".*", "__pycache__")


class BuildWithShare(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:  # an editable install reads the checkout itself
            return
        for name in SHARED:
            target = Path(self.build_lib, "mlbook", "_share", name)
            shutil.copytree(HERE / name, target, ignore=NOT_SHARED)


with tempfile.TemporaryDirectory(prefix="mlbook-build-") as build_base:
    setup(cmdclass={"build_py": BuildWithShare}, options={"build": {"build_base": build_base}})
