"""What a job run tells CloudWatch, read from Spark's event log when it has ended.

Glue tells every 30 seconds what was done since, of each run and of all runs together; here stages and tasks
are told of at the time at which they ended, of all runs together alone.
https://docs.aws.amazon.com/glue/latest/dg/monitoring-awsglue-with-cloudwatch-metrics.html

Proven by `tests/local/patches/glue/test_jobs.py`. Not emulated: all other metrics.
"""

import json
import logging
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from local.patches.cloudwatch.store import record

_STAGES = "glue.driver.aggregate.numCompletedStages"
_FAILED = "glue.driver.aggregate.numFailedTasks"
_ELAPSED = "glue.driver.aggregate.elapsedTime"
_HEAP = "glue.ALL.jvm.heap.usage"
_logger = logging.getLogger("glue")
_UNITS = {"g": 1024**3, "m": 1024**2}


def settings(arguments: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return arguments that have Spark write its event log into a folder, if a job is to tell metrics."""
    if "--enable-metrics" not in arguments:
        return {}
    folder.mkdir()
    given = [arguments["--conf"]] if arguments.get("--conf") else []
    own = ("spark.eventLog.enabled=true", f"spark.eventLog.dir={folder.as_uri()}")
    return {"--conf": " --conf ".join((*given, *own))}


def tell(run: Mapping[str, Any], folder: Path) -> None:
    """Tell of a run that has ended, also of one that was killed half-way; of one without a log, nothing."""
    if not folder.exists():
        return
    try:
        _tell(str(run["JobName"]), folder)
    except (KeyError, ValueError, OSError):  # a run ends, whatever Spark wrote about it
        _logger.exception("job %s run %s: its event log was not understood", run["JobName"], run["Id"])
    now = 1000 * time.time()
    _record(str(run["JobName"]), _ELAPSED, now - 1000 * run["StartedOn"], now)


def _tell(job: str, folder: Path) -> None:
    heap = 0.0
    for event in _events(folder):
        match event["Event"]:
            case "SparkListenerEnvironmentUpdate":
                heap = _bytes(event["Spark Properties"]["spark.driver.memory"])
            case "SparkListenerStageCompleted":
                _record(job, _STAGES, 1, event["Stage Info"]["Completion Time"])
            case "SparkListenerTaskEnd":
                ended = event["Task Info"]["Finish Time"]
                failed = event["Task End Reason"]["Reason"] != "Success"
                _record(job, _FAILED, failed, ended)
                used = event["Task Executor Metrics"]["JVMHeapMemory"]
                if used:  # measured every few seconds, so not of short tasks
                    _record(job, _HEAP, used / heap, ended, "gauge")


def _events(folder: Path) -> Iterator[dict[str, Any]]:
    for file in folder.iterdir():
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                return  # the last line of a process that was killed


def _record(job: str, metric: str, value: float, milliseconds: float, kind: str = "count") -> None:
    of = {"JobName": job, "JobRunId": "ALL", "Type": kind}
    record("Glue", metric, value, of, "None", when=milliseconds / 1000)


def _bytes(text: str) -> float:
    return float(text[:-1]) * _UNITS[text[-1]]
