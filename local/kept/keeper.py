"""The process that holds a kept lake: starts the embedded AWS, and ends it when it is told to.

`python -m local.kept.keeper`, which `start` runs on its own, so that it outlives the command that started it.
"""

import os
import shutil
import signal
import subprocess
import sys
import time

from local.emulator.jars import JarsUnavailableError
from local.emulator.launcher import EmulatorError
from local.kept.connection import BUILD, DIRECTORY, KeptAws, holder, only_one
from local.lake import deployment
from local.lake.lake import LakeError

_LOG = BUILD / "lake.log"
_START_SECONDS = 300.0
"""The first start fetches Spark's jars."""


def start() -> KeptAws:
    """Start an empty lake that outlives this process, and return it once it answers.

    Raises:
        LakeError: One is running already.
        DeploymentError: Nothing could be deployed to it.
        EmulatorError: It did not start.
    """
    deployment.check_tools()
    if (process := holder()) is not None:
        raise LakeError(f"a lake of this folder is running (process {process}): lake down ends it")
    BUILD.mkdir(parents=True, exist_ok=True)
    with _LOG.open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "local.kept.keeper"],
            cwd=deployment.PROJECT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        return _answering(keeper)
    except BaseException:
        keeper.terminate()
        keeper.wait()
        raise


def _answering(keeper: subprocess.Popen[bytes]) -> KeptAws:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if keeper.poll() is not None:
            said = _LOG.read_text(errors="replace").strip()
            raise EmulatorError(f"the embedded AWS did not start; from {_LOG}:\n{said}")
        try:
            return KeptAws.running()
        except LakeError:
            time.sleep(0.05)
    raise EmulatorError(f"the embedded AWS did not start within {_START_SECONDS:.0f} s; see {_LOG}")


def main() -> None:
    """Hold a lake until SIGTERM."""
    signal.signal(signal.SIGTERM, _end)
    try:
        with only_one():
            shutil.rmtree(DIRECTORY, ignore_errors=True)
            with KeptAws(DIRECTORY):
                signal.pause()
    except (EmulatorError, JarsUnavailableError, LakeError) as error:
        sys.exit(str(error))  # into the log, which who started it shows


def _end(_number: int, _frame: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
