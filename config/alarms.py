"""Settings of alarms: from which figures on, and who is told."""

from typing import Annotated, Literal

from pydantic import Field

from config.section import Section

Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]

LogRetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653
]
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""


class ChatSettings(Section):
    """A Slack channel, of a workspace that somebody has authorized for Amazon Q Developer in the account."""

    slack_workspace: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,255}$")]
    """Id of the workspace, such as `T0123ABCD`."""
    slack_channel: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,255}$")]
    """Id of the channel, such as `C0123ABCD`."""


class AlarmSettings(Section):
    """CloudWatch alarms, dashboards, logs and who is told."""

    emails: tuple[Email, ...]
    """Addresses subscribed to the alarm topic."""
    chat: ChatSettings | None
    """A chat that hears of alarms as well; null: none does."""
    runbook_url: Annotated[str, Field(pattern=r"^https://[^\s#]+$")]
    """Page with the text of `docs/runbook.md`; every alarm names its row there."""
    page_by: Literal["alarm", "domain"]
    """Who tells: each `alarm` by itself, or one composite alarm for each `domain` and one for what all share,
    so that one cause is told once. A composite alarm costs five times as much as another."""
    dashboards: Literal["one", "each"]
    """`one` dashboard with all boards below one another, or one for `each`: estate, pipeline, stream, job and
    access. CloudWatch bills each dashboard."""
    log_retention_days: LogRetentionDays
    """Days that CloudWatch keeps log events."""
    iterator_age_seconds: Annotated[int, Field(ge=1)]
    """Age of the oldest unread stream record that raises an alarm."""
    delivery_minutes: Annotated[int, Field(ge=1)]
    """Minutes that records may wait in Firehose beyond `streams.buffer_seconds`."""
    function_time_percent: Annotated[int, Field(ge=1, le=99)]
    """Share of its time that a run of a function may take: 9 minutes of 15 are 60."""
    stalled_minutes: Annotated[int, Field(ge=5, multiple_of=5, le=60)]
    """Minutes in which a Glue job that runs completes no stage."""
    heap_percent: Annotated[int, Field(ge=1, le=99)]
    """Share of its heap that a Glue job may take."""
    counted_buckets: tuple[Literal["bronze", "silver", "gold", "quarantine"], ...]
    """Layers whose buckets' requests are counted, and are alarms: sixteen metrics each."""
    request_deviations: Annotated[float, Field(gt=0)]
    """Standard deviations by which requests to a counted bucket may pass what is usual."""
    client_errors: Annotated[int, Field(ge=0)]
    """Requests to a counted bucket that S3 may refuse (4xx) within five minutes."""
    rejected_percent: Annotated[float, Field(ge=0, lt=100)]
    """Share of a run's records that may be rejected before an alarm tells, whatever the contract's gate."""
    waiting_hours: Annotated[int, Field(ge=1)]
    """Hours that an object may lie in bronze before a run takes it up, where a function looks for news."""
