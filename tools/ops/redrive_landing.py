"""`lake-ops redrive landing`: events that the router refused five times or never got, back to its queue."""

import time
from typing import Any

from tools.cli.project import AsJson, Root
from tools.cli.summary import Item, State, conclude
from tools.ops.target import DryRun, Env, OperationError, acting, open_target

_POLL_SECONDS = 0.5
_NEXT = "The router works on them now; `lake-ops redrive landing --dry-run` tells if any come back."


@acting
def landing(env: Env = "dev", dry_run: DryRun = False, as_json: AsJson = False, root: Root = None) -> None:
    """Give the landing router the messages again that it refused five times.

    Mend the cause first: it is in the router's log, often a permission. Each message names one version of
    one file, and the router moves each version once, however often it is told of it; so the command may be
    repeated, and ended at any time. Messages wait for 14 days.
    """
    target = open_target(env, root)
    sqs = target.client("sqs")
    name = target.settings.naming.resource("landing-dead-letters")
    attributes = sqs.get_queue_attributes(
        QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"],
        AttributeNames=["QueueArn", "ApproximateNumberOfMessages"],
    )["Attributes"]
    waiting = int(attributes["ApproximateNumberOfMessages"])
    items = []
    if waiting:
        landing_arn = attributes["QueueArn"].replace(name, target.settings.naming.resource("landing"))
        state, moved = (
            (State.PLANNED, waiting) if dry_run else _move(sqs, attributes["QueueArn"], landing_arn)
        )
        items = [Item(name, state, moved, f"about {waiting} waited")]
    conclude("redrive landing", items, as_json, _NEXT)


def _move(sqs: Any, queue_arn: str, to_arn: str) -> tuple[State, int]:
    """Move all messages to the router's queue, and wait for it.

    The queue is named, since not all came from there: EventBridge puts in what it could not deliver.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html

    Raises:
        OperationError: SQS gave up.
    """
    handle = sqs.start_message_move_task(SourceArn=queue_arn, DestinationArn=to_arn)["TaskHandle"]
    while True:
        task = _newest(sqs, queue_arn)
        moved = int(task.get("ApproximateNumberOfMessagesMoved", 0))
        # SQS tells the handle of a running task only.
        if task.get("TaskHandle") != handle and task["Status"] != "RUNNING":
            break
        time.sleep(_POLL_SECONDS)
    if task["Status"] != "COMPLETED":
        raise OperationError(
            f"SQS moved {moved} messages of {queue_arn} and gave up: "
            f"{task.get('FailureReason', task['Status'])}; fix: mend that and run the command again"
        )
    return State.DONE, moved


def _newest(sqs: Any, queue_arn: str) -> dict[str, Any]:
    tasks = sqs.list_message_move_tasks(SourceArn=queue_arn, MaxResults=1)["Results"]
    return dict(tasks[0]) if tasks else {"Status": "RUNNING"}
