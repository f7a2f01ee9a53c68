"""What SQS tells CloudWatch each minute of every queue.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
"""

import time

from ministack.core.responses import set_request_account_id
from ministack.core.responses import set_request_region as set_region
from ministack.services import sqs

from local.patches.cloudwatch.store import record


def measure() -> None:
    """Tell of every queue of every account and region how much waits in it, and for how long."""
    for (account, region, _), queue in list(sqs._queues._data.items()):
        set_request_account_id(account)
        set_region(region)
        of, now = {"QueueName": queue["name"]}, time.time()
        sent = [each["sent_at"] for each in queue["messages"]]
        visible = sum(each["visible_at"] <= now for each in queue["messages"])
        record("AWS/SQS", "ApproximateNumberOfMessagesVisible", visible, of, "Count")
        record("AWS/SQS", "ApproximateAgeOfOldestMessage", now - min(sent, default=now), of, "Seconds")
