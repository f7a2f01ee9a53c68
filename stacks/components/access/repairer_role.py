"""The role of `lake-ops repair`: it finds wrong rows, asks for their records, and starts pipelines.

It changes no table: pipelines do, under their own roles. What it reads of tables is silver, whose columns its
conditions are about, and of the files of tables alone what tells their versions.
"""

from aws_cdk import aws_iam as iam

from lakehouse.layout.paths import REPAIRS
from lakehouse.model.dataset import Layer
from lakehouse.targets.lf_tags import LAYER, key
from stacks.components.access.grants import READ, SEE, Grants
from stacks.components.access.people import let_query, let_see, trusted
from stacks.components.access.statements import READ_OBJECTS, USE_KEY, allow
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

REPAIRER = "repairer"

_LAYERS = (Layer.SILVER, Layer.GOLD)


def repairer_role(stack: LakeStack, foundation: FoundationResources, grants: Grants) -> str:
    """Make the role, and return its ARN."""
    role = iam.Role(
        stack,
        "RepairerRole",
        role_name=stack.naming.resource(REPAIRER),
        assumed_by=trusted(stack, stack.settings.people.repairers),
        description="Has records of wrong rows processed again",
    )
    let_query(role, stack, foundation, persona="engineer")
    let_see(role, stack, _LAYERS)
    _versions(role, stack, foundation)
    _requests(role, stack, foundation)
    let_start_pipelines(role, stack)
    layer = key(stack.naming, LAYER)
    grants.by_tags("RepairerDatabases", role.role_arn, "DATABASE", {layer: _LAYERS}, SEE)
    grants.by_tags("RepairerReads", role.role_arn, "TABLE", {layer: [Layer.SILVER]}, READ)
    grants.by_tags("RepairerSees", role.role_arn, "TABLE", {layer: [Layer.GOLD]}, SEE)
    return stack.arns.role(stack.naming.resource(REPAIRER))


def _versions(role: iam.Role, stack: LakeStack, foundation: FoundationResources) -> None:
    """Metadata files tell snapshots and schemas, states which objects a run knew: no value of a record.

    https://iceberg.apache.org/spec/#table-metadata
    """
    arns = stack.arns
    metadata = [f"{arns.bucket(layer)}/*/metadata/*.metadata.json" for layer in _LAYERS]
    allow(
        role,
        READ_OBJECTS,
        [*metadata, f"{arns.bucket(Layer.SILVER)}/*/_state/*"],
        why_wildcard="any table may be repaired, and is named by who commits to it",
    )
    allow(role, ["kms:Decrypt"], [foundation.keys[layer].key_arn for layer in _LAYERS])


def _requests(role: iam.Role, stack: LakeStack, foundation: FoundationResources) -> None:
    arns = stack.arns
    allow(
        role,
        [*READ_OBJECTS, "s3:PutObject"],
        [f"{arns.bucket(Layer.BRONZE)}/*/_requests/*", arns.objects(Layer.BRONZE, REPAIRS)],
        why_wildcard="requests lie beside the objects of any dataset, and each repair has a name of its own",
    )
    allow(role, ["s3:ListBucket"], [arns.bucket(Layer.BRONZE)])
    allow(role, USE_KEY, [foundation.keys[Layer.BRONZE].key_arn])


def let_start_pipelines(role: iam.Role, stack: LakeStack) -> None:
    """Let a role start pipelines, and see how they ended."""
    arns, prefix = stack.arns, stack.naming.prefix
    allow(
        role,
        ["states:StartExecution"],
        [arns.state_machine(f"{prefix}-*")],
        why_wildcard="each domain has a pipeline of its own",
    )
    allow(
        role,
        ["states:DescribeExecution"],
        [arns.executions(f"{prefix}-*")],
        why_wildcard="what a repair changes is built by the pipelines of other domains as well",
    )
