"""The Glue jobs of a domain, and what they read: code, manifest, roles."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets

from lakehouse.model.dataset import Lake, Layer
from lakehouse.model.fields import every_field
from lakehouse.model.masking import Method
from lakehouse.targets import manifest
from stacks.components.access.statements import tell_asked_when
from stacks.components.functions.python_function import metrics_namespace
from stacks.components.jobs.job_role import (
    bronze_to_silver_role,
    maintenance_role,
    silver_function_role,
    silver_to_gold_role,
)
from stacks.components.jobs.maintenance import MaintenanceSchedule, maintenance_arguments
from stacks.components.jobs.silver_function import SilverFunction, silver_function_name
from stacks.components.jobs.spark_job import SparkJob, job_assets
from stacks.components.tables.optimizers import optimizer_role
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

_WORKERS_MIN = 2
"""Fewest workers that Spark on Glue takes."""

_MUCH = "more is new than the function takes, or something that only Spark understands"

_FLEX = {"bronze_to_silver": "silver", "silver_to_gold": "gold", "table_maintenance": "maintenance"}
"""What settings call the job of each script."""


class DomainJobs:
    """Every job of one domain, in the stack of what its datasets share."""

    def __init__(self, stack: LakeStack, *, lake: Lake, domain: str, foundation: FoundationResources) -> None:
        """Build the jobs that the domain's datasets need."""
        self._stack = stack
        self._domain = domain
        self._foundation = foundation
        self._assets = job_assets(stack)
        kept = stack.settings.streams.retention_hours
        document = manifest.compile_domain(lake, domain, stack.naming, kept)
        self._manifest = s3_assets.Asset(stack, "Manifest", path=str(stack.compiled(domain, document)))
        self.steps = {
            script.title().replace("_", ""): self._job(script, script, role, {})
            for script, role in self._roles(lake).items()
        }
        """Steps of the domain's pipeline in order, to the names of their jobs."""
        self.function = self._function(lake)
        """What takes over from the silver job where little is new, if there is one."""

    def _function(self, lake: Lake) -> SilverFunction | None:
        settings = self._stack.settings.processing.function
        if settings is None or not any(each.ingestion for each in lake.of_domain(self._domain)):
            return None
        role = silver_function_role(
            self._stack,
            lake=lake,
            name=silver_function_name(self._stack, self._domain),
            domain=self._domain,
            masks=_masks(lake, self._domain),
            foundation=self._foundation,
            manifest=self._manifest,
        )
        tell_asked_when(role, "what is new is little, and no change of a database table")
        return SilverFunction(
            self._stack,
            "SilverFunction",
            domain=self._domain,
            role=role,
            manifest=self._manifest,
            settings=settings,
            foundation=self._foundation,
        )

    def _job(
        self, script: str, name: str, role: iam.Role, arguments: Mapping[str, str], workers: int | None = None
    ) -> str:
        settings = self._stack.settings.processing
        job = SparkJob(
            self._stack,
            f"{script.title().replace('_', '')}Job",
            name=self._stack.naming.resource(self._domain, name),
            description=f"{script.replace('_', ' ').capitalize()} of the {self._domain} domain",
            script=script,
            assets=self._assets,
            role=role,
            security=self._foundation.glue_security,
            logs_key=self._foundation.logs_key,
            flexible=_FLEX[script] in settings.flex_jobs,
            settings=settings if workers is None else settings.model_copy(update={"workers": workers}),
            warehouse=f"s3://{self._stack.naming.bucket('silver')}/",
            arguments={
                "--manifest": self._manifest.s3_object_url,
                "--metrics_namespace": metrics_namespace(self._stack),
                **arguments,
            },
        )
        return job.name

    def _roles(self, lake: Lake) -> dict[str, iam.Role]:
        """Roles by the name of their job's script, in the order in which the jobs run."""
        datasets = lake.of_domain(self._domain)
        roles = {}
        if any(dataset.ingestion for dataset in datasets):
            roles["bronze_to_silver"] = bronze_to_silver_role(
                self._stack,
                domain=self._domain,
                masks=_masks(lake, self._domain),
                foundation=self._foundation,
                manifest=self._manifest,
            )
            if self._stack.settings.processing.function is not None:
                tell_asked_when(roles["bronze_to_silver"], _MUCH)
        if any(dataset.sql for dataset in datasets):
            roles["silver_to_gold"] = silver_to_gold_role(
                self._stack,
                lake=lake,
                domain=self._domain,
                foundation=self._foundation,
                manifest=self._manifest,
            )
        return roles

    def maintain(self, layers: frozenset[Layer]) -> None:
        """Keep the tables in shape; `layers` are those that the domain's datasets have rows in."""
        tables = self._stack.settings.tables
        if tables.maintenance == "managed":
            optimizer_role(
                self._stack, domain=self._domain, layers=sorted(layers), foundation=self._foundation
            )
        noted = {Layer.QUARANTINE} if Layer.SILVER in layers else set()
        role = maintenance_role(
            self._stack,
            domain=self._domain,
            layers=sorted(layers | noted),
            foundation=self._foundation,
            manifest=self._manifest,
        )
        arguments = maintenance_arguments(self._stack)
        workers = _WORKERS_MIN if tables.maintenance == "managed" else None  # Glue does the heavy part then
        job = self._job("table_maintenance", "maintenance", role, arguments, workers)
        if tables.job_every_days is not None:
            MaintenanceSchedule(
                self._stack,
                "MaintenanceSchedule",
                domain=self._domain,
                job=job,
                every_days=tables.job_every_days,
                foundation=self._foundation,
            )


def _masks(lake: Lake, domain: str) -> frozenset[Method]:
    """Return the methods by which any dataset of a domain is masked."""
    fields = [field for dataset in lake.of_domain(domain) for field in every_field(dataset.fields)]
    return frozenset(field.masking.method for field in fields if field.masking)
