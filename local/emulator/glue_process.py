"""One run of a Glue Spark job as a local process group: arguments, environment, logs, time limit, end.

Knows nothing of the emulator; `local.patches.glue.jobs` gives it scripts, credentials and arguments.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local.emulator.jars import jar_directory

_MAIN = Path(__file__).with_name("glue_main.py")
_ERROR_CHARACTERS = 4000

_MANAGED = re.compile(
    r"--(enable|extra|continuous-log|user-jars|additional-python|python-modules|spark-event-logs|library-set"
    r"|conf$|datalake-formats$|job-language$|class$|scriptLocation$|executor-cores$|write-shuffle)"
)
"""Arguments that Glue itself consumes:
https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html"""


@dataclass(frozen=True)
class Outcome:
    """How a run ended."""

    state: str
    """`SUCCEEDED`, `FAILED`, `TIMEOUT` or `STOPPED`."""
    error: str = ""


class GlueProcess:
    """A script on Spark, with its own directory and log files.

    Args:
        script: The local copy of the script.
        arguments: Merged arguments of the job and the run.
        variables: Environment: credentials, endpoint, Spark's settings.
        modules: Local archives of `--extra-py-files`, and folders of installed libraries.
        log: Path without suffix; `.output.log` and `.error.log` are written.
        settings: Spark's settings beneath those of the job, if any.
    """

    def __init__(
        self,
        script: Path,
        arguments: Mapping[str, str],
        variables: Mapping[str, str],
        modules: tuple[Path, ...],
        log: Path,
        *,
        settings: Path | None = None,
    ) -> None:
        self.output = log.with_name(f"{log.name}.output.log")
        self.error = log.with_name(f"{log.name}.error.log")
        self._stopped = threading.Event()
        self._command = [sys.executable, str(_MAIN), str(script), *script_arguments(arguments)]
        self._directory = script.parent
        self._variables = {
            **variables,
            "PYSPARK_PYTHON": sys.executable,
            "PYSPARK_SUBMIT_ARGS": submit_arguments(arguments, modules, settings),
            "PYTHONPATH": os.pathsep.join(map(str, modules)),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, seconds: float) -> Outcome:
        """Run to the end, or until the time limit or `stop`."""
        with self.output.open("wb") as output, self.error.open("wb") as error:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._directory,
                env=self._variables,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=error,
                start_new_session=True,
            )
        try:
            code = self._process.wait(0 if self._stopped.is_set() else seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            self._kill()
        if self._stopped.is_set():
            return Outcome("STOPPED")
        if code is None:
            return Outcome("TIMEOUT", "Job run exceeded its timeout and was stopped")
        text = self.error.read_text(errors="replace")
        return Outcome("FAILED", error_message(text, code)) if code else Outcome("SUCCEEDED")

    def stop(self) -> None:
        """End the run from another thread."""
        self._stopped.set()
        self._kill()

    def _kill(self) -> None:
        if self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._process.stdin:
                self._process.stdin.close()


def script_arguments(arguments: Mapping[str, str]) -> list[str]:
    """Arguments that reach the script: all but those that Glue consumes."""
    kept = {name: value for name, value in arguments.items() if not _MANAGED.match(name)}
    return [text for name, value in kept.items() for text in (name, *([value] if value else []))]


def submit_arguments(
    arguments: Mapping[str, str], modules: tuple[Path, ...], file: Path | None = None
) -> str:
    """Glue's `--conf` (several settings, joined by ` --conf `) and Python archives, for `spark-submit`.

    As on Glue, Iceberg is on the class path only if `--datalake-formats` names it.
    """
    settings = re.split(r"\s+--conf\s+", arguments.get("--conf", "").strip())
    options = ["--properties-file", str(file)] if file else []
    options += [text for setting in settings if setting for text in ("--conf", setting)]
    if archives := [str(module) for module in modules if not module.is_dir()]:
        options += ["--py-files", ",".join(archives)]
    if "iceberg" not in arguments.get("--datalake-formats", "").split(","):
        jars = [str(jar) for jar in jar_directory().glob("*.jar") if not jar.name.startswith("iceberg-")]
        options += ["--driver-class-path", os.pathsep.join(jars)]
    return shlex.join([*options, "pyspark-shell"])


def error_message(stderr: str, code: int) -> str:
    """The exception that ended a script, with its causes and without stack frames."""
    _, found, rest = stderr.rpartition("Traceback (most recent call last):")
    if not found:
        return "\n".join([f"the script ended with code {code}", *stderr.splitlines()[-5:]])[
            -_ERROR_CHARACTERS:
        ]
    lines = [line for line in rest.splitlines() if line and not line.startswith((" ", "\t"))]
    return "\n".join(lines)[:_ERROR_CHARACTERS]
