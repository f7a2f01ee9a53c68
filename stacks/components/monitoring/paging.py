"""Composite alarms, by which one cause is told once."""

import itertools
from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns

from stacks.components.monitoring.alarms import described
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import HIPAA, NIST, acknowledge_compliance

CHILDREN_MAX = 100
"""Alarms of which one alarm may be composed:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html"""


def page_once(stack: LakeStack, name: str, what: str, topic: sns.ITopic) -> None:
    """Have one composite alarm tell for all alarms that were made in the stack, if settings want it so.

    It tells when the first of them is raised and when the last is over, and names those that changed.

    Args:
        stack: Whose alarms are meant.
        name: Of the composite alarm, without the environment's prefix.
        what: What they are about, in a sentence's middle.
        topic: Whom to tell.
    """
    if stack.settings.alarms.page_by == "alarm":
        return
    members = list(stack.alarms)
    for number, some in enumerate(_lots(members), start=1):
        suffix = "" if number == 1 else f"-{number}"
        composite = cloudwatch.CfnCompositeAlarm(
            stack,
            f"Alarms{number}",
            alarm_name=stack.naming.resource(name) + suffix,
            alarm_rule=" OR ".join(f'ALARM("{each.alarm_name}")' for each in some),
            alarm_description=described(
                stack, f"Something is wrong with {what}: the alarms named as triggering say what", "alarms"
            ),
            alarm_actions=[topic.topic_arn],
            ok_actions=[topic.topic_arn],
        )
        for each in some:
            each.alarm_actions = each.ok_actions = None
            acknowledge_compliance(
                each, "CloudWatchAlarmAction", f"{composite.alarm_name} tells of it", packs=(HIPAA, NIST)
            )
            composite.add_resource_dependency(each)


def _lots(members: Sequence[cloudwatch.CfnAlarm]) -> list[list[cloudwatch.CfnAlarm]]:
    starts = range(0, len(members), CHILDREN_MAX)
    return [list(itertools.islice(members, start, start + CHILDREN_MAX)) for start in starts]
