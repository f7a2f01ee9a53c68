import json
import subprocess
import sys

from config.load import PROJECT_ROOT

SCRIPT = "import json, sys, config.load, lakehouse.odcs; print(json.dumps(sorted(sys.modules)))"


def test_settings_and_contracts_load_without_cloud_libraries_when_imported_alone() -> None:
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    modules = set(json.loads(run.stdout))
    assert "lakehouse.odcs" in modules
    assert modules.isdisjoint({"aws_cdk", "boto3", "botocore", "sqlglot", "pyspark", "pandas"})
