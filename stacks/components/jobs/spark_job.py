"""Glue 5.1 jobs from `glue_scripts`: one role a domain, Iceberg in the Glue catalog."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from config.processing import ProcessingSettings
from stacks.components.access.assets import read_asset
from stacks.components.jobs.wheels import Wheels, job_wheels
from stacks.components.monitoring.log_group import log_group
from stacks.lake_stack import LakeStack
from stacks.policies.acknowledgements import acknowledge

GLUE_SCRIPTS = Path(__file__).parents[3] / "glue_scripts"

GLUE_SECURITY_ELSEWHERE = (
    "its encrypting security configuration is in Foundation, where the rule does not look"
)

_CATALOG = "spark.sql.catalog.glue_catalog"


_COMMON_ARGUMENTS = {
    "--datalake-formats": "iceberg",
    "--enable-auto-scaling": "true",
    "--enable-metrics": "true",
    "--enable-observability-metrics": "true",
    "--enable-continuous-cloudwatch-log": "true",
    "--job-bookmark-option": "job-bookmark-disable",
}
"""https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-glue-arguments.html"""


def spark_configuration(warehouse: str) -> str:
    """Spark settings of every job, in the form of Glue's `--conf` argument.

    Sources: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-etl-format-iceberg.html
    """
    settings = {
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        _CATALOG: "org.apache.iceberg.spark.SparkCatalog",
        f"{_CATALOG}.catalog-impl": "org.apache.iceberg.aws.glue.GlueCatalog",
        f"{_CATALOG}.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        f"{_CATALOG}.warehouse": warehouse,
        "spark.sql.session.timeZone": "UTC",
    }
    return " --conf ".join(f"{key}={value}" for key, value in settings.items())


@cache
def code_version() -> str:
    """Return a hash of what jobs and functions run; the same code has the same."""
    return cdk.FileSystem.fingerprint(
        str(GLUE_SCRIPTS), exclude=["**/__pycache__/**"], ignore_mode=cdk.IgnoreMode.GLOB
    )


@dataclass(frozen=True)
class JobAssets:
    """What the jobs of a stack are made of."""

    package: s3_assets.Asset
    """The shared package, for `--extra-py-files`."""
    scripts: Mapping[str, s3_assets.Asset]
    """Each job's script by its name."""
    wheels: Wheels
    code_version: str


def job_assets(scope: LakeStack) -> JobAssets:
    """Deploy code and libraries of jobs with the assets of a stack."""
    package = s3_assets.Asset(
        scope,
        "Package",
        path=str(GLUE_SCRIPTS),
        exclude=["**/__pycache__/**", "jobs/**", "jobs", "functions/**", "functions"],
        ignore_mode=cdk.IgnoreMode.GLOB,
    )
    scripts = {
        path.stem: s3_assets.Asset(scope, path.stem.title().replace("_", ""), path=str(path))
        for path in sorted((GLUE_SCRIPTS / "jobs").glob("[a-z]*.py"))
    }
    return JobAssets(package, scripts, job_wheels(scope), code_version())


class SparkJob(Construct):
    """One Glue job that works through the due datasets of its domain."""

    def __init__(
        self,
        scope: LakeStack,
        construct_id: str,
        *,
        name: str,
        description: str,
        script: str,
        assets: JobAssets,
        role: iam.Role,
        security: str,
        logs_key: kms.IKey,
        settings: ProcessingSettings,
        flexible: bool,
        warehouse: str,
        arguments: Mapping[str, str],
    ) -> None:
        """Run `script` under `role`, with `arguments` beside those that every job gets."""
        super().__init__(scope, construct_id)
        self.name = name
        code = assets.scripts[script]
        for asset in (code, assets.package, assets.wheels):
            read_asset(role, asset)
        job = glue.CfnJob(
            self,
            "Resource",
            name=name,
            description=description,
            role=role.role_arn,
            glue_version="5.1",
            worker_type=settings.worker_type,
            number_of_workers=settings.workers,
            timeout=settings.timeout_minutes,
            max_retries=0,
            execution_class="FLEX" if flexible else "STANDARD",
            execution_property=glue.CfnJob.ExecutionPropertyProperty(max_concurrent_runs=1),
            security_configuration=security,
            command=_command(code.s3_object_url),
            default_arguments={
                **_COMMON_ARGUMENTS,
                "--conf": spark_configuration(warehouse),
                "--extra-py-files": assets.package.s3_object_url,
                **assets.wheels.arguments,
                "--code_version": assets.code_version,
                "--parallel": str(settings.parallel_datasets),
                **arguments,
            },
        )
        job.node.add_dependency(role, *self._log_groups(scope, f"{security}-role/{role.role_name}", logs_key))
        _acknowledge(job)

    def _log_groups(self, stack: LakeStack, owner: str, key: kms.IKey) -> list[Construct]:
        """Make the groups before Glue does, which would keep what is in them for ever.

        https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging-enable.html
        """
        return [
            log_group(stack, Construct(self, stream.title()), f"/aws-glue/jobs/{owner}/{stream}", key)
            for stream in ("error", "output")
        ]


def _acknowledge(job: glue.CfnJob) -> None:
    for finding in ("AwsSolutions-GL1", "AwsSolutions-GL3"):
        acknowledge(job, finding, GLUE_SECURITY_ELSEWHERE)


def _command(script: str) -> glue.CfnJob.JobCommandProperty:
    return glue.CfnJob.JobCommandProperty(name="glueetl", python_version="3", script_location=script)
