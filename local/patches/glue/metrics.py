"""What a job run tells CloudWatch, read from Spark's event log when it has ended.

Glue tells every 30 seconds what was done since, of each run and of all runs together; here stages and tasks
are told of at the time at which they ended, of all runs together alone.
https://docs.aws.amazon.com/glue/latest/dg/monitoring-awsglue-with-cloudwatch-metrics.html

Proven by `tests/local/patches/glue/test_metrics.py`. Not emulated: all other metrics.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.patches.cloudwatch.store import record

_STAGES = "glue.driver.aggregate.numCompletedStages"
_FAILED = "glue.driver.aggregate.numFailedTasks"
_ELAPSED = "glue.driver.aggregate.elapsedTime"
_HEAP = "glue.ALL.jvm.heap.usage"
_UNITS = {"g": 1024**3, "m": 1024**2}


def settings(folder: Path) -> str:
    """Return what `--conf` takes to have Spark write its event log into a folder."""
    folder.mkdir()
    return f"spark.eventLog.enabled=true --conf spark.eventLog.dir={folder.as_uri()}"


def tell(run: dict[str, Any], folder: Path) -> None:
    """Tell of a run that has ended, also of one that was killed half-way; of one without a log, nothing."""
    if not folder.exists():
        return
    job, heap = str(run["JobName"]), 0.0
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
    _record(job, _ELAPSED, 1000 * (run["CompletedOn"] - run["StartedOn"]), 1000 * run["CompletedOn"])


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
