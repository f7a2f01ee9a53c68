"""Output of Glue job runs in CloudWatch Logs, in the groups that Glue uses."""

import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

_logger = logging.getLogger("glue")
_LINES = 5000
"""Only the end of a long log is sent; the whole of it lies in the file."""
_BATCH = 1000


def group_prefix(job: Mapping[str, Any]) -> str:
    """What the names of a job's log groups start with.

    https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging-enable.html
    """
    security = job.get("SecurityConfiguration")
    return (
        f"/aws-glue/jobs/{security}-role/{job['Role'].rsplit('/', 1)[-1]}" if security else "/aws-glue/jobs"
    )


def publish(logs: Any, prefix: str, run_id: str, output: Path, error: Path) -> None:
    """Send both streams with the job role's client; as on AWS, a role without permission only loses logs."""
    for group, path in ((f"{prefix}/output", output), (f"{prefix}/error", error)):
        try:
            _send(logs, group, run_id, path)
        except ClientError as refused:
            _logger.warning("logs of run %s are only in %s: %s", run_id, path, refused)


def _send(logs: Any, group: str, stream: str, path: Path) -> None:
    lines = [line for line in path.read_text(errors="replace").splitlines() if line.strip()][-_LINES:]
    if not lines:
        return
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = round(time.time() * 1000)
    for start in range(0, len(lines), _BATCH):
        events = [{"timestamp": now, "message": line} for line in lines[start : start + _BATCH]]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
