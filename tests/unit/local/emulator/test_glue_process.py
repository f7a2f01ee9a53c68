import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from local.emulator.glue_process import (
    GlueProcess,
    Outcome,
    error_message,
    script_arguments,
    submit_arguments,
)

MakeProcess = Callable[..., GlueProcess]
ICEBERG = {"--datalake-formats": "iceberg"}


@pytest.fixture
def process(tmp_path: Path) -> MakeProcess:
    def make(script: str, modules: tuple[Path, ...] = (), **arguments: str) -> GlueProcess:
        (tmp_path / "work").mkdir()
        path = tmp_path / "work" / "script.py"
        path.write_text(script)
        given = {**ICEBERG, **{f"--{key}": value for key, value in arguments.items()}}
        return GlueProcess(path, given, {"PATH": os.environ["PATH"]}, modules, tmp_path / "run")

    return make


def test_process_succeeds_when_its_script_ends(process: MakeProcess) -> None:
    run = process("import sys; print(sys.argv[1:], __name__)", name="x")
    assert run.run(30) == Outcome("SUCCEEDED")
    assert run.output.read_text() == "['--name', 'x'] __main__\n"


def test_process_imports_modules_when_given_archives(process: MakeProcess, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "helper.py").write_text("VALUE = 1")
    assert process("import helper", (tmp_path / "library",)).run(30) == Outcome("SUCCEEDED")


def test_process_finds_nothing_of_this_project_when_it_imports(process: MakeProcess) -> None:
    outcome = process("import glue_main").run(30)
    assert outcome == Outcome("FAILED", "ModuleNotFoundError: No module named 'glue_main'")


def test_process_fails_with_the_exit_code_when_the_script_exits(process: MakeProcess) -> None:
    assert process("raise SystemExit(3)").run(30) == Outcome("FAILED", "the script ended with code 3")


def test_process_times_out_when_the_limit_passes(process: MakeProcess) -> None:
    outcome = process("import time; time.sleep(60)").run(0.5)
    assert outcome.state == "TIMEOUT"


def test_process_ends_with_its_children_when_it_is_stopped(process: MakeProcess) -> None:
    run = process("import subprocess; subprocess.run(['sleep', '61.5'])")
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(run.run(60)))
    thread.start()
    deadline = time.monotonic() + 10
    while not sleeping() and time.monotonic() < deadline:
        time.sleep(0.05)
    run.stop()
    thread.join(10)
    assert outcomes == [Outcome("STOPPED")]
    assert not sleeping()


def sleeping() -> list[int]:
    return [one.pid for one in psutil.process_iter(["cmdline"]) if one.info["cmdline"] == ["sleep", "61.5"]]


def test_process_does_not_run_when_it_was_stopped_before(process: MakeProcess, tmp_path: Path) -> None:
    run = process(f"import time; time.sleep(2); open({str(tmp_path / 'proof')!r}, 'w')")
    run.stop()
    assert run.run(30) == Outcome("STOPPED")
    assert not (tmp_path / "proof").exists()


def test_script_arguments_leave_out_what_glue_consumes() -> None:
    arguments = {
        "--conf": "a=b",
        "--datalake-formats": "iceberg",
        "--enable-metrics": "true",
        "--enable-continuous-cloudwatch-log": "true",
        "--extra-py-files": "s3://b/lib.zip",
        "--job-language": "python",
        "--manifest": "s3://b/m.json",
        "--confidence": "0.9",
        "--flag": "",
    }
    assert script_arguments(arguments) == ["--manifest", "s3://b/m.json", "--confidence", "0.9", "--flag"]


def test_submit_arguments_split_settings_when_conf_holds_several() -> None:
    conf = "spark.a=1 --conf spark.b=two words  --conf spark.c=3"
    assert submit_arguments({**ICEBERG, "--conf": conf}, (Path("/x/lib.zip"),)) == (
        "--conf spark.a=1 --conf 'spark.b=two words' --conf spark.c=3 --py-files /x/lib.zip pyspark-shell"
    )


def test_error_message_keeps_causes_and_drops_frames_when_java_failed() -> None:
    stderr = (
        "26/11/21 WARN something\nTraceback (most recent call last):\n  File \"x.py\", line 1, in <module>\n"
        "py4j.protocol.Py4JJavaError: An error occurred while calling o57.json.\n: java.io.Denied: 403\n"
        "\tat org.apache.Something\nCaused by: AccessDenied: not authorized\n\t... 40 more\n"
    )  # fmt: skip
    assert error_message(stderr, 1).splitlines() == [
        "py4j.protocol.Py4JJavaError: An error occurred while calling o57.json.",
        ": java.io.Denied: 403",
        "Caused by: AccessDenied: not authorized",
    ]


def test_process_uses_this_interpreter_for_spark_workers(process: MakeProcess) -> None:
    run = process("import os; print(os.environ['PYSPARK_PYTHON'])")
    run.run(30)
    assert run.output.read_text().strip() == sys.executable
