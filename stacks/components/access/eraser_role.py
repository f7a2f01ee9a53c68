"""The role of `lake-ops erase`: it takes records of one person out of objects, and older versions with them.

It is the only role of the lake that replaces and deletes objects of bronze, so it is made where somebody is
named who may assume it, and nowhere else. What Object Lock keeps it cannot delete: it has no
`s3:BypassGovernanceRetention`.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
"""

from aws_cdk import aws_iam as iam

from lakehouse.layout.paths import UNROUTED
from lakehouse.model.dataset import Layer
from lakehouse.targets.lf_tags import LAYER, key
from stacks.components.access.grants import CHANGE, SEE, Grants
from stacks.components.access.people import EVERY_DOMAIN, trusted
from stacks.components.access.repairer_role import let_start_pipelines
from stacks.components.access.statements import USE_KEY, allow, read_secrets, tell_asked_when
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

ERASER = "eraser"
"""What the name of the role ends with."""

_TABLES = (Layer.SILVER, Layer.GOLD, Layer.QUARANTINE)
_READ = ("s3:GetObject", "s3:GetObjectVersion")
_DELETE = ("s3:DeleteObject", "s3:DeleteObjectVersion")
_ANY = "whoever is erased may be in any object, and tables name their own files"


def eraser_role(stack: LakeStack, foundation: FoundationResources, grants: Grants) -> str:
    """Make the role, and return its ARN."""
    role = iam.Role(
        stack,
        "EraserRole",
        role_name=stack.naming.resource(ERASER),
        assumed_by=trusted(stack, stack.settings.people.erasers),
        description="Takes the records of one person out of the lake",
    )
    tell_asked_when(role, "somebody is to be erased")
    _objects(role, stack, foundation)
    _tables(role, stack)
    # Silver is looked through by the pseudonyms that a person has there.
    read_secrets(role, [foundation.masking_secret, foundation.token_secret])
    let_start_pipelines(role, stack)
    layer = key(stack.naming, LAYER)
    grants.by_tags("EraserDatabases", role.role_arn, "DATABASE", {layer: _TABLES}, SEE)
    grants.by_tags("EraserTables", role.role_arn, "TABLE", {layer: _TABLES}, CHANGE)
    for each in _TABLES:
        grants.on_location(f"Eraser{each.title()}", role.role_arn, stack.arns.bucket(each))
    return stack.arns.role(stack.naming.resource(ERASER))


def _objects(role: iam.Role, stack: LakeStack, foundation: FoundationResources) -> None:
    """What is no table: bronze, what waits before it, what was refused as a file, answers to queries."""
    arns = stack.arns
    changed = [
        arns.objects(Layer.BRONZE, ""),
        arns.objects("landing", ""),
        arns.objects(Layer.QUARANTINE, UNROUTED),
    ]
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-permissions.html
    lock = ["s3:GetObjectRetention"] if stack.settings.storage.object_lock_days else []
    allow(role, [*_READ, *lock, "s3:PutObject", *_DELETE], changed, why_wildcard=_ANY)
    allow(role, _DELETE, [arns.objects("query-results", "")], why_wildcard=_ANY)
    buckets = [arns.bucket(each) for each in (*Layer, "landing", "query-results")]
    allow(role, ["s3:ListBucket", "s3:ListBucketVersions"], buckets)
    keys = [foundation.keys[each].key_arn for each in (Layer.BRONZE, *_TABLES)]
    allow(role, USE_KEY, keys)


def _tables(role: iam.Role, stack: LakeStack) -> None:
    """Commits that expire older versions, and the files that only these needed."""
    arns = stack.arns
    files = [arns.objects(each, "") for each in _TABLES]
    allow(role, [*_READ, "s3:PutObject", *_DELETE], files, why_wildcard=_ANY)
    catalog = [
        arns.catalog(),
        *(arns.database(each, EVERY_DOMAIN) for each in _TABLES),
        *(arns.tables(each, EVERY_DOMAIN) for each in _TABLES),
    ]
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html
    allow(role, ["glue:GetDatabase", "glue:GetTable", "glue:UpdateTable"], catalog, why_wildcard=_ANY)
