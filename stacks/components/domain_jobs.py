"""The Glue jobs of a domain, and what they read: code, manifest, roles."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets

from lakehouse import manifest
from lakehouse.model import Lake
from stacks.components.domain_job_role import bronze_to_silver_role, silver_to_gold_role
from stacks.components.python_function import metrics_namespace
from stacks.components.spark_job import SparkJob, job_assets
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources


def domain_jobs(
    stack: LakeStack, *, lake: Lake, domain: str, foundation: FoundationResources
) -> dict[str, str]:
    """Build the jobs that the domain's datasets need; return step names of its pipeline to job names."""
    package, scripts = job_assets(stack)
    document = manifest.compile_domain(lake, domain, stack.naming)
    compiled = s3_assets.Asset(stack, "Manifest", path=str(stack.compiled(domain, document)))
    steps = {}
    for script, role in _roles(stack, lake, domain, foundation, compiled).items():
        step = script.title().replace("_", "")
        steps[step] = stack.naming.resource(domain, script)
        SparkJob(
            stack,
            f"{step}Job",
            name=steps[step],
            description=f"{script.replace('_', ' ').capitalize()} of the {domain} domain",
            script=scripts[script],
            package=package,
            role=role,
            security=foundation.glue_security,
            settings=stack.settings.processing,
            warehouse=f"s3://{stack.naming.bucket('silver')}/",
            arguments={
                "--manifest": compiled.s3_object_url,
                "--metrics_namespace": metrics_namespace(stack),
            },
        )
    return steps


def _roles(
    stack: LakeStack, lake: Lake, domain: str, foundation: FoundationResources, manifest: s3_assets.Asset
) -> dict[str, iam.Role]:
    """Roles by the name of their job's script, in the order in which the jobs run."""
    datasets = lake.of_domain(domain)
    roles = {}
    if any(dataset.ingestion for dataset in datasets):
        roles["bronze_to_silver"] = bronze_to_silver_role(
            stack,
            domain=domain,
            masks=any(field.masking for dataset in datasets for field in dataset.fields),
            foundation=foundation,
            manifest=manifest,
        )
    if any(dataset.sql for dataset in datasets):
        roles["silver_to_gold"] = silver_to_gold_role(
            stack, lake=lake, domain=domain, foundation=foundation, manifest=manifest
        )
    return roles
