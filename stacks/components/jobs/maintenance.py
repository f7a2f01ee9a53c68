"""The maintenance of a domain's tables: its Glue job, when it runs, and word if it does not."""

import json

import aws_cdk as cdk
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from stacks.components.access.statements import allow, service_role
from stacks.components.functions.python_function import metrics_namespace
from stacks.components.monitoring.alarms import alarm_on_silence
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_DAY = 86400
"""Seconds."""


def maintenance_arguments(stack: LakeStack) -> dict[str, str]:
    """Return what the settings tell the job."""
    tables = stack.settings.tables
    return {
        "--maintenance": tables.maintenance,
        "--snapshot_days": str(tables.snapshot_days),
        "--snapshots_min": str(tables.snapshots_min),
        "--orphan_days": str(tables.orphan_days),
        # Glue passes no empty argument.
        "--results_days": str(tables.results_days or 0),
        "--rejected_text_days": str(tables.rejected_text_days or 0),
    }


class MaintenanceSchedule(Construct):
    """Starts the maintenance job every few days, and raises an alarm when none has succeeded for longer."""

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        domain: str,
        job: str,
        every_days: int,
        foundation: FoundationResources,
    ) -> None:
        """Start `job`, the name of a Glue job that publishes `TablesMaintained` of the domain."""
        super().__init__(scope, construct_id)
        role = service_role(self, "Role", "scheduler.amazonaws.com", f"Starts {job}")
        allow(role, ["glue:StartJobRun"], [scope.arns.job(job)], asked_when="its time has come")
        scheduler.CfnSchedule(
            self,
            "Resource",
            name=job,
            schedule_expression=f"rate({every_days} {'day' if every_days == 1 else 'days'})",
            # The domains of a lake are deployed together; this spreads their runs over the hour.
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(
                mode="FLEXIBLE", maximum_window_in_minutes=60
            ),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=f"arn:{cdk.Stack.of(self).partition}:scheduler:::aws-sdk:glue:startJobRun",
                role_arn=role.role_arn,
                input=json.dumps({"JobName": job}),
            ),
        ).node.add_dependency(role)
        alarm_on_silence(
            self,
            "Overdue",
            name=f"{job}-overdue",
            description=(
                f"No maintenance of all tables of {domain} succeeded for {every_days + 1} days: read the "
                f"last run of the Glue job {job}; its message names the tables that failed"
            ),
            runbook="maintenance-overdue",
            namespace=metrics_namespace(scope),
            metric="TablesMaintained",
            dimensions={"Dataset": domain},
            period_seconds=_DAY,
            periods=every_days + 1,
            topic=foundation.alarm_topic,
        )
