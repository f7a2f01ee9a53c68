"""The pipeline of a domain: what runs its Glue jobs in turn, when, and under which roles."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from config.processing import ProcessingSettings
from lakehouse.model.dataset import Layer
from lakehouse.targets.run_events import RUN_EVENTS
from stacks.components.access.statements import USE_KEY, allow, service_role
from stacks.components.jobs.silver_function import SilverFunction
from stacks.components.monitoring.log_group import log_group
from stacks.components.pipeline.arrival_trigger import ArrivalTrigger
from stacks.components.pipeline.definition import definition
from stacks.components.pipeline.facts import FunctionFacts, PipelineFacts
from stacks.components.pipeline.fresh_news import FreshNews
from stacks.components.pipeline.run_events import LAYERS
from stacks.lake_stack import LakeStack

_POLL_SECONDS_MIN = 60

_GLUE_WORKS = "a step is not all the function's, so a Glue job works"
_FAILURE = "a pipeline that fails tells so on the topic, which is encrypted"


class Pipeline(Construct):
    """A state machine that runs Glue jobs one after another, by hand, by schedule and when there is news."""

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        name: str,
        domain: str,
        steps: Mapping[str, str],
        function: SilverFunction | None,
        news: FreshNews | None,
        topic: sns.ITopic,
        logs_key: kms.IKey,
        keys: Mapping[Layer, kms.IKey],
        settings: ProcessingSettings,
        on_arrival: bool,
        after: Sequence[str],
    ) -> None:
        """Run `steps` (names to Glue jobs) in order, and start as the settings say.

        `function` takes over from the first step where little is new; `news` is told of objects as well. A
        domain that nothing arrives for is not `on_arrival`; `after` are names of pipelines that start this
        one when they have ended.
        """
        super().__init__(scope, construct_id)
        self._stack = scope
        self.arn = scope.arns.state_machine(name)
        facts = PipelineFacts(
            domain=domain,
            environment=scope.settings.environment,
            title=scope.naming.prefix,
            region=scope.naming.region,
            steps=steps,
            events={step: (scope.naming.bucket(LAYERS[step]), f"{domain}/{RUN_EVENTS}/") for step in steps},
            topic_arn=topic.topic_arn,
            # A run of hours is looked at less often, or waiting would fill an execution's history.
            poll_seconds=max(_POLL_SECONDS_MIN, settings.timeout_minutes),
            function=self._function(function, settings.parallel_datasets),
        )
        self._keys = keys
        self._machine(name, facts, topic, logs_key)
        if settings.schedule:
            self._schedule(name, settings.schedule)
        minutes = settings.arrival_minutes
        if (on_arrival or after) and minutes:
            machines = [scope.arns.state_machine(other) for other in after]
            self._arrival(domain, minutes, machines, news, on_objects=on_arrival)

    def _arrival(
        self,
        domain: str,
        minutes: int,
        after: Sequence[str],
        also: FreshNews | None,
        *,
        on_objects: bool,
    ) -> None:
        ArrivalTrigger(
            self,
            "Arrival",
            stack=self._stack,
            name=self._stack.naming.resource(domain, "arrival"),
            domain=domain,
            machine_arn=self.arn,
            minutes=minutes,
            on_objects=on_objects,
            after=after,
            also=also,
        )

    def _function(self, function: SilverFunction | None, parallel: int) -> FunctionFacts | None:
        if function is None:
            return None
        return FunctionFacts(function.name, self._stack.arns.function(function.name), parallel)

    def _machine(self, name: str, facts: PipelineFacts, topic: sns.ITopic, logs_key: kms.IKey) -> None:
        role = service_role(self, "Role", "states.amazonaws.com", f"Runs the {facts.domain} pipeline")
        self._allow(role, list(facts.steps.values()), topic, logs_key)
        self._allow_recording(role, facts)
        if facts.function is not None:
            allow(role, ["lambda:InvokeFunction"], [facts.function.arn])
        # Step Functions may deliver to groups under this prefix without editing the log resource policy.
        group = log_group(self._stack, self, f"/aws/vendedlogs/states/{name}", logs_key)
        machine = sfn.CfnStateMachine(
            self,
            "Resource",
            state_machine_name=name,
            role_arn=role.role_arn,
            definition_string=self._stack.to_json_string(definition(facts)),
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

    def _allow(self, role: iam.Role, jobs: Sequence[str], topic: sns.ITopic, logs_key: kms.IKey) -> None:
        allow(
            role,
            ["glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"],
            [self._stack.arns.job(job) for job in jobs],
            # https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html
            not_asked="an execution that is stopped stops its job; AWS's page has both for waiting for a job",
        )
        allow(role, ["states:ListExecutions"], [self.arn])
        allow(role, ["sns:Publish"], [topic.topic_arn], asked_when=_FAILURE)
        allow(role, USE_KEY, [logs_key.key_arn], asked_when=_FAILURE)
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
            not_asked="the laptop neither delivers logs of executions nor traces them",
        )  # fmt: skip

    def _allow_recording(self, role: iam.Role, facts: PipelineFacts) -> None:
        layers = [LAYERS[step] for step in facts.steps]
        allow(
            role,
            ["s3:PutObject"],
            [self._stack.arns.objects(layer, f"{facts.domain}/{RUN_EVENTS}/") for layer in layers],
            why_wildcard="events are named by day, time and run",
            asked_when=_GLUE_WORKS,
        )
        keys = [self._keys[layer].key_arn for layer in layers]
        allow(role, ["kms:GenerateDataKey"], keys, asked_when=_GLUE_WORKS)
        small = "S3 decrypts the parts of large objects alone, and an event is small"
        allow(role, ["kms:Decrypt"], keys, not_asked=small)

    def _schedule(self, name: str, expression: str) -> None:
        role = service_role(self, "ScheduleRole", "scheduler.amazonaws.com", f"Starts {name}")
        allow(role, ["states:StartExecution"], [self.arn], asked_when="its time has come")
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
