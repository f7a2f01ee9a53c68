"""`lake smoke` loads what asks AWS when it runs, and no other command does."""

import subprocess
import sys

import pytest

from config.load import PROJECT_ROOT

CALL = "import sys; from tools.lake.main import app\ntry: app({arguments!r})\nexcept SystemExit: pass\n"
TOLD = "print('boto3' in sys.modules, file=sys.stderr)"


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [(["validate"], "False"), (["smoke", "--help"], "False"), (["smoke", "--env", "nowhere"], "True")],
)
def test_libraries_of_aws_are_loaded_when_smoke_runs_and_only_then(arguments: list[str], loaded: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CALL.format(arguments=arguments) + TOLD],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.splitlines()[-1] == loaded
