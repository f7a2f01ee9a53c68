"""Output of Glue job runs in CloudWatch Logs, in the groups that Glue uses."""

import logging
import time
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

_logger = logging.getLogger("glue")
_LINES = 5000
"""Only the end of a long log is sent; the whole of it lies in the file."""
_BATCH = 1000


def publish(logs: Any, run_id: str, output: Path, error: Path) -> None:
    """Send both streams with the job role's client; as on AWS, a role without permission only loses logs."""
    for group, path in (("/aws-glue/jobs/output", output), ("/aws-glue/jobs/error", error)):
        try:
            _send(logs, group, run_id, path)
        except ClientError as refused:
            _logger.warning("logs of run %s are only in %s: %s", run_id, path, refused)


def _send(logs: Any, group: str, stream: str, path: Path) -> None:
    lines = [line for line in path.read_text(errors="replace").splitlines() if line.strip()][-_LINES:]
    if not lines:
        return
    if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = round(time.time() * 1000)
    for start in range(0, len(lines), _BATCH):
        events = [{"timestamp": now, "message": line} for line in lines[start : start + _BATCH]]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
