"""The pipeline of a domain: bronze to silver, silver to gold, and word of every failure."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from stacks.components.access import USE_KEY, allow, service_role
from stacks.components.log_group import log_group
from stacks.lake_stack import LakeStack

_RETRIED = [
    "Glue.ConcurrentRunsExceededException",
    "Glue.ThrottlingException",
    "Glue.ResourceNumberLimitExceededException",
]
"""Faults of capacity. A failed job run is not retried: the same data would fail again."""


class Pipeline(Construct):
    """A state machine that runs Glue jobs one after another."""

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        name: str,
        domain: str,
        steps: Mapping[str, str],
        topic: sns.ITopic,
        logs_key: kms.IKey,
        schedule: str | None,
    ) -> None:
        """Run `steps` (names to Glue jobs) in order on `schedule`, an EventBridge expression.

        Without a schedule the pipeline runs only when it is started.
        """
        super().__init__(scope, construct_id)
        self._stack = scope
        role = service_role(self, "Role", "states.amazonaws.com", f"Runs the {domain} pipeline")
        self._allow(role, list(steps.values()), topic, logs_key)
        # Step Functions may deliver to groups under this prefix without editing the log resource policy.
        group = log_group(scope, self, f"/aws/vendedlogs/states/{name}", logs_key)
        machine = sfn.CfnStateMachine(
            self,
            "Resource",
            state_machine_name=name,
            role_arn=role.role_arn,
            definition_string=scope.to_json_string(definition(domain, steps, topic.topic_arn)),
            tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
            logging_configuration=sfn.CfnStateMachine.LoggingConfigurationProperty(
                level="ALL",
                include_execution_data=True,
                destinations=[
                    sfn.CfnStateMachine.LogDestinationProperty(
                        cloud_watch_logs_log_group=sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                            log_group_arn=group.attr_arn
                        )
                    )
                ],
            ),
        )
        machine.node.add_dependency(role)
        self.arn = scope.arns.state_machine(name)
        if schedule:
            self._schedule(name, schedule)

    def _allow(self, role: iam.Role, jobs: Sequence[str], topic: sns.ITopic, logs_key: kms.IKey) -> None:
        allow(
            role,
            ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"],
            [self._stack.arns.job(job) for job in jobs],
        )
        allow(role, ["sns:Publish"], [topic.topic_arn])
        allow(role, USE_KEY, [logs_key.key_arn])
        # Source: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
        allow(
            role,
            ["logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery",
             "logs:DeleteLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
             "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
             "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules",
             "xray:GetSamplingTargets"],
            ["*"],
            why_wildcard="log delivery and X-Ray have no resource-level permissions",
        )  # fmt: skip

    def _schedule(self, name: str, expression: str) -> None:
        role = service_role(self, "ScheduleRole", "scheduler.amazonaws.com", f"Starts {name}")
        allow(role, ["states:StartExecution"], [self.arn])
        scheduler.CfnSchedule(
            self,
            "Schedule",
            name=name,
            schedule_expression=expression,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(
                mode="FLEXIBLE", maximum_window_in_minutes=5
            ),
            target=scheduler.CfnSchedule.TargetProperty(arn=self.arn, role_arn=role.role_arn),
        ).node.add_dependency(role)


def definition(domain: str, steps: Mapping[str, str], topic_arn: str) -> dict[str, object]:
    """The pipeline in the Amazon States Language, https://states-language.net/spec.html."""
    states: dict[str, object] = {}
    order = [*steps, "Done"]
    for step, following in pairwise(order):
        states[step] = {
            "Type": "Task",
            "Resource": "arn:aws:states:::glue:startJobRun.sync",
            "Parameters": {"JobName": steps[step]},
            "ResultPath": f"$.{step}",
            "Next": following,
            "Retry": [
                {
                    "ErrorEquals": _RETRIED,
                    "IntervalSeconds": 30,
                    "MaxAttempts": 6,
                    "BackoffRate": 2,
                    "JitterStrategy": "FULL",
                }
            ],
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Notify"}],
        }
    states["Notify"] = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sns:publish",
        "Parameters": {
            "TopicArn": topic_arn,
            "Subject": f"Pipeline {domain} failed",
            "Message": {
                "domain": domain,
                "execution.$": "$$.Execution.Id",
                "started.$": "$$.Execution.StartTime",
                "error.$": "$.failure.Error",
                "cause.$": "$.failure.Cause",
            },
        },
        "ResultPath": "$.notification",
        "Next": "Failed",
    }
    states["Failed"] = {"Type": "Fail", "ErrorPath": "$.failure.Error", "CausePath": "$.failure.Cause"}
    states["Done"] = {"Type": "Succeed"}
    return {"Comment": f"Builds silver and gold of {domain}", "StartAt": order[0], "States": states}
