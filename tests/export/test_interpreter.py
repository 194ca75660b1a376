"""The interpreter is one file that runs on Python alone, without any package."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest

import mlbook as mb
from mlbook.export import interpreter, to_device
from mlbook.model import train
from tests.worlds import small

PHONE = """
import importlib.util, json, sys
packages = [name for name in ("numpy", "pandas", "scipy", "sklearn", "mlbook")
            if importlib.util.find_spec(name)]
sys.path.insert(0, sys.argv[1])  # the folder with the interpreter's file, and nothing else
from interpreter import DeviceModel
with open(sys.argv[1] + "/model.bin", "rb") as file:
    model = DeviceModel(file.read())
print(json.dumps([packages, [model.predict(row) for row in json.load(sys.stdin)]]))
"""


@pytest.mark.parametrize(("precision", "within"), [("float32", 1e-6), ("int8", 0.05)])
def test_a_python_without_any_package_predicts_from_two_files(tmp_path, precision, within):
    pipeline, _ = train(small(), 5 * mb.DAY)
    visits = small().visits
    columns = small().features(visits.user[:200], visits.slate[:200, 0], visits.at_s[:200])
    shutil.copy(interpreter.__file__, tmp_path)
    (tmp_path / "model.bin").write_bytes(to_device(pipeline, precision))
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PHONE, str(tmp_path)],  # -S: no installed packages
        input=json.dumps(columns.tolist()),
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
    packages, found = json.loads(told.stdout)
    assert packages == []
    np.testing.assert_allclose(found, pipeline.predict_proba(columns)[:, 1], rtol=0, atol=within)
