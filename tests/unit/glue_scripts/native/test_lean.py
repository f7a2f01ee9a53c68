"""A run needs nothing that a function's package lacks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.load import PROJECT_ROOT
from tests.unit.glue_scripts.datasets import whole
from tests.unit.glue_scripts.native.bench import MakeBench

pytestmark = pytest.mark.long

LACKING = ("numpy", "pandas", "pyspark", "py4j", "pyiceberg_core", "sqlalchemy", "sqlglot")
RUN = f"""
import importlib.abc, json, sys
from pathlib import Path
class Lacking(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {LACKING!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Lacking())
from lakehouse_etl.contract import manifest
from lakehouse_etl.job.storage import LocalStorage
from lakehouse_etl.judge.fields.masking import Keys
from lakehouse_etl.native.run import NativeRun
from tools.bench.native.file_catalog import FileCatalog
plan = json.loads(Path(sys.argv[1]).read_text())
[dataset] = manifest.decode(json.dumps(plan["manifest"]).encode(), "").datasets
run = NativeRun(FileCatalog(Path(plan["warehouse"])), LocalStorage(), dataset, "lean")
result = run.run(lambda: Keys(b"key", b"key"))
print(json.dumps(vars(result.counts)))
"""


def test_run_needs_nothing_that_the_function_s_package_lacks(make_native: MakeBench, tmp_path: Path) -> None:
    rule = {
        "name": "filled", "kind": "query", "sql": "SELECT count(*) FROM lake_object", "operator": "mustBe",
        "values": [2], "severity": "error",
    }  # fmt: skip
    bench = make_native(
        {"id": "string", "at": "timestamptz", "price": "decimal(9, 2)"},
        partition={"at": "month", "id": "bucket[4]"}, table_rules=[rule],
        rules={"id": {"masking": "tokenize"}},
    )  # fmt: skip
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"warehouse": str(bench.catalog.folder), "manifest": whole(bench.document)}))
    counts = []
    for price in (1, 2):
        bench.put_json({"id": "a", "at": "2026-01-01T00:00:00Z", "price": price}, {"id": "b"}, {"price": "x"})
        paths = map(str, (PROJECT_ROOT, PROJECT_ROOT / "glue_scripts"))
        ended = subprocess.run(
            [sys.executable, "-c", RUN, str(plan)],
            cwd=PROJECT_ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            capture_output=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[-2000:]
        counts.append(json.loads(ended.stdout.splitlines()[-1]))
    assert [each["records_in"] for each in counts] == [3, 3]
    assert [each["rejected"] for each in counts] == [1, 1]
    assert len(bench.rows()) == 2
