"""Roles that people assume: whom they trust, and what it takes to query tables with Athena."""

from collections.abc import Iterator, Sequence

from aws_cdk import aws_iam as iam

from lakehouse.model.dataset import Layer
from stacks.components.access.statements import READ_OBJECTS, USE_KEY, WRITE_OBJECTS, allow, tell_asked_when
from stacks.lake_stack import LakeStack
from stacks.resources import FoundationResources

EVERY_DOMAIN = "*"
"""A role's policy holds 10,240 characters: too few to name the databases of fifty domains.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

_WORK_GROUP = (
    "athena:BatchGetNamedQuery", "athena:BatchGetQueryExecution", "athena:GetNamedQuery",
    "athena:GetPreparedStatement", "athena:GetQueryExecution", "athena:GetQueryResults",
    "athena:GetQueryResultsStream", "athena:GetQueryRuntimeStatistics", "athena:GetWorkGroup",
    "athena:CreatePreparedStatement", "athena:DeletePreparedStatement", "athena:ListNamedQueries",
    "athena:ListPreparedStatements", "athena:ListQueryExecutions", "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)  # fmt: skip
"""What consoles, drivers and libraries call in a work group.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html
"""

_CATALOG = (
    "athena:GetDataCatalog", "athena:GetDatabase", "athena:GetTableMetadata", "athena:ListDatabases",
    "athena:ListTableMetadata",
)  # fmt: skip
"""With what they show databases, tables and columns; Glue then asks for the rights on each of them."""

SEE_TABLES = (
    "glue:BatchGetPartition", "glue:GetDatabase", "glue:GetDatabases", "glue:GetPartition",
    "glue:GetPartitions", "glue:GetTable", "glue:GetTables", "glue:GetTableVersion", "glue:GetTableVersions",
)  # fmt: skip
"""What Athena asks of the catalog to read a table."""


_SAML, _PROVIDER = "saml/", "saml-provider/"


def trusted(stack: LakeStack, principals: Sequence[str]) -> iam.IPrincipal:
    """Return who is meant by these settings (see `config.settings.Principal`).

    They stand in a condition on `aws:PrincipalArn`, since IAM refuses a trust policy that names roles which
    are not made yet: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    federated = [name for name in principals if name.startswith(_SAML)]
    arns = principal_arns(stack, [name for name in principals if name not in federated])
    found: list[iam.IPrincipal] = []
    if arns:
        caller = {"ArnLike": {"aws:PrincipalArn": arns}}
        found.append(iam.AccountPrincipal(stack.account).with_conditions(caller))
    for name in federated:
        provider = f"arn:{stack.partition}:iam::{stack.account}:saml-provider/{name.partition('/')[2]}"
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_saml.html
        audience = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
        found.append(iam.FederatedPrincipal(provider, audience, "sts:AssumeRoleWithSAML"))
    return found[0] if len(found) == 1 else iam.CompositePrincipal(*found)


def principal_arns(stack: LakeStack, principals: Sequence[str]) -> list[str]:
    """Return the values of `aws:PrincipalArn` of whoever these settings mean, with wildcards."""
    account = f"arn:{stack.partition}:iam::{stack.account}"
    return [f"{account}:{resource}" for name in principals for resource in _resources(name)]


def _resources(principal: str) -> Iterator[str]:
    kind, _, name = principal.partition("/")
    if kind != "sso":
        yield principal
        return
    # Identity Center ends the name of a role with 16 characters, and puts a region into its path or none.
    # https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    suffix = "?" * 16
    for region in ("", "*/"):
        yield f"role/aws-reserved/sso.amazonaws.com/{region}AWSReservedSSO_{name}_{suffix}"


def let_query(role: iam.Role, stack: LakeStack, foundation: FoundationResources, *, persona: str) -> None:
    """Let a role browse the catalog, and query in a persona's work group, whose results alone it sees."""
    arns = stack.arns
    # https://docs.aws.amazon.com/athena/latest/ug/example-policies-workgroup.html
    tell_asked_when(role, "people ask what they choose to, and Athena's console and drivers ask beside them")
    allow(role, _WORK_GROUP, [arns.workgroup(persona)])
    allow(role, _CATALOG, arns.data_catalogs())
    allow(
        role,
        [
            "athena:ListDataCatalogs",
            "athena:ListEngineVersions",
            "athena:ListWorkGroups",
            "lakeformation:GetDataAccess",
        ],
        ["*"],
        why_wildcard="these have no resources: lists tell names, Lake Formation gives what it has granted",
    )
    # https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
    allow(role, ["glue:GetDatabase"], [arns.catalog(), arns.default_database()])
    allow(
        role,
        (*READ_OBJECTS, *WRITE_OBJECTS, "s3:ListMultipartUploadParts"),
        [arns.objects("query-results", f"{persona}/")],
        why_wildcard="Athena names the result files below the persona's own prefix",
    )
    results = [arns.bucket("query-results")]
    allow(role, ["s3:GetBucketLocation"], results)
    allow(role, ["s3:ListBucket"], results, conditions={"StringLike": {"s3:prefix": [f"{persona}/*"]}})
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context
    context = {"kms:EncryptionContext:aws:s3:arn": [*results, arns.objects("query-results", "")]}
    key = foundation.keys[Layer.GOLD].key_arn
    allow(role, USE_KEY, [key], conditions={"StringLike": context})


def let_see(role: iam.Role, stack: LakeStack, layers: Sequence[str]) -> None:
    """Let a role ask the catalog about tables of these layers.

    What it is shown, and whose values it reads, Lake Formation decides. A right on the objects or on their
    key would go past that, so it has none: queries read them as the role that the buckets are registered
    with.
    https://docs.aws.amazon.com/athena/latest/ug/lf-athena-user-permissions.html
    """
    arns = stack.arns
    allow(
        role,
        SEE_TABLES,
        [
            arns.catalog(),
            *(arns.database(layer, EVERY_DOMAIN) for layer in layers),
            *(arns.tables(layer, EVERY_DOMAIN) for layer in layers),
        ],
        why_wildcard="Lake Formation decides which databases and tables of a layer a role sees",
    )
