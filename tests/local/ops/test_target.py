"""What every command refuses before it does anything."""

import subprocess
import sys

import pytest

from config.load import PROJECT_ROOT
from local.emulator.launcher import EmbeddedAws

COMMAND = [sys.executable, "-c", "from tools.ops.main import app; app(prog_name='lake-ops')"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["replay", "errors", "--env", "dev"], 1, "got credentials of account 000000000000; allowed"),
        (["replay", "errors", "--env", "nowhere"], 1, "nowhere"),
        (["replay", "errors", "nothing", "--env", "local"], 2, "got nothing"),
        (["replay", "errors", "daily_sales", "--env", "local"], 2, "got sales/daily_sales"),
        (["replay", "quarantine", "daily_sales", "--env", "local"], 1, "is a gold product"),
    ],
)
def test_command_says_what_is_wrong_and_ends_when_it_cannot_act(
    embedded_aws: EmbeddedAws, arguments: list[str], code: int, told: str
) -> None:
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=PROJECT_ROOT,
        env={**embedded_aws.environment(), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert told in done.stderr
    assert "Traceback" not in done.stderr
