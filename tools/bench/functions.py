"""The Lambda functions on one core: what they work through in a second, and how long a cold one imports."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Mapping
from statistics import median

from stream_transform.logic import Routes, answer

from config.load import PROJECT_ROOT

_BATCH = 500
_SECONDS = 3.0
_STARTS = 7
_LAMBDA_SRC = PROJECT_ROOT / "lambda_src"

_NO_BYTECODE = shutil.ignore_patterns("__pycache__")

_IMPORT = """
import time
started = time.perf_counter()
import stream_transform.handler
print(time.perf_counter() - started)
"""


def transform_records_per_s() -> float:
    """Records of 200 bytes that the transform function routes to datasets in a second."""
    routes = Routes.of("dataset", ["bench/vitals", "bench/alarms"], unpacks=True)
    batch = [_record(number) for number in range(_BATCH)]
    records, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < _SECONDS:
        answers = answer(batch, routes)
        if answers.refused or len(answers.records) != _BATCH:
            raise RuntimeError(f"the function refused records: {answers.refused}")
        records += _BATCH
    return records / spent


def _record(number: int) -> dict[str, str]:
    vitals = {
        "dataset": "bench/vitals",
        "device_id": f"M-{number:05}",
        "measured_at": f"2026-01-31T09:30:00.{number:03}Z",
        "heart_rate": 60 + number % 60,
        "oxygen_saturation": 97.5,
        "ward": f"cardiology-{number % 7}",
        "firmware": "4.2.1",
    }
    return {"recordId": f"{number:056}", "data": b64encode(json.dumps(vitals).encode()).decode()}


def transform_import_ms() -> float:
    """Median milliseconds in which a new process imports the function, compiling it as Lambda has to."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(_LAMBDA_SRC, folder, ignore=_NO_BYTECODE, dirs_exist_ok=True)
        environment = {**os.environ, "PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1"}
        return 1000 * median(_import_seconds(environment) for _ in range(_STARTS))


def _import_seconds(environment: Mapping[str, str]) -> float:
    command = [sys.executable, "-c", _IMPORT]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
