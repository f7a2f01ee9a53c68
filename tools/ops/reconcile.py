"""`lake-ops reconcile`: files that lie in landing although nobody is about to move them."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from lakehouse.layout.paths import OBJECT_CREATED
from tools.cli.project import AsJson, Root
from tools.cli.summary import Item, State, conclude
from tools.ops.router import event_of, tell
from tools.ops.target import Env, Target, acting, open_target

_AT_ONCE = 10
"""https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html"""

_SEEN_SECONDS = 60
"""How long a dead letter is hidden from others once it was looked at."""

_NEXT = "The router moves them now; run the command again to see whether any is left."

Version = Mapping[str, Any]
"""An entry of ListObjectVersions."""


@acting
def reconcile(
    minutes: Annotated[int, typer.Option(min=0, help="Leave files alone that landed since.")] = 60,
    take_up: Annotated[bool, typer.Option("--take-up", help="Tell the router of what was lost.")] = False,
    *,
    env: Env = "dev",
    as_json: AsJson = False,
    root: Root = None,
) -> None:
    """Compare landing with the queues of its router: what lies there and is told by no message was lost.

    The router removes a file once its copy is in bronze or quarantine, so none stays. A message that failed
    five times is among the dead letters after some eleven minutes; files that such a message tells of are
    left to `lake-ops redrive landing`. The router moves each version once, however often it is told of it,
    so the command may be repeated, and does no harm where a message is only late.

    Without `--take-up` it changes nothing, and ends with code 1 if a file was lost.
    """
    target = open_target(env, root)
    bucket = target.settings.naming.bucket("landing")
    lying = list(_lying(target, bucket, datetime.now(UTC) - timedelta(minutes=minutes)))
    dead = set(_dead_letters(target)) if lying else set()
    lost = [version for version in lying if _identity(version) not in dead]
    if take_up:
        tell(target, (event_of(bucket, version, OBJECT_CREATED) for version in lost))
    why = f"{_waiting(target)} messages wait for the router" if lost else ""
    state = State.DONE if take_up else State.FAILED
    items = [
        Item(version["Key"], state, why=f"landed {version['LastModified']:%Y-%m-%d %H:%M} UTC; {why}")
        if version in lost
        else Item(version["Key"], State.SKIPPED, why="among the dead letters: `lake-ops redrive landing`")
        for version in lying
    ]
    conclude("reconcile", items, as_json, _NEXT)


def _lying(target: Target, bucket: str, before: datetime) -> Iterator[Version]:
    """Yield versions that landed before an instant, without the empty marks of consoles for folders."""
    pages = target.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    for page in pages:
        for version in page.get("Versions", ()):
            if version["LastModified"] < before and (version["Size"] or not version["Key"].endswith("/")):
                yield version


def _identity(version: Version) -> tuple[str, str]:
    return version["Key"], version["VersionId"]


def _dead_letters(target: Target) -> Iterator[tuple[str, str | None]]:
    """Yield key and version that each dead letter tells of."""
    sqs, name = target.client("sqs"), target.settings.naming.resource("landing-dead-letters")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=_AT_ONCE, VisibilityTimeout=_SEEN_SECONDS, WaitTimeSeconds=1
    ).get("Messages"):
        for message in messages:
            created = json.loads(message["Body"])["detail"]["object"]
            yield created["key"], created.get("version-id")


def _waiting(target: Target) -> int:
    sqs, name = target.client("sqs"), target.settings.naming.resource("landing")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(attributes[each]) for each in names)
