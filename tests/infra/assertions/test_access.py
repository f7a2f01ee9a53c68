"""Least privilege: who may assume a role, what a role may do, and where wildcards are."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lakehouse.model.dataset import Layer
from lakehouse.model.fields import every_field
from lakehouse.model.masking import Method
from lakehouse.placement.parts import parts, sources, stack_id
from tests.fixtures.environments import Environment
from tools.assembly.assembly import Assembly
from tools.assembly.policies import roles
from tools.policies.evaluate import Identity, Request, allowed, identity

UNSCOPED = {
    "cloudwatch:PutMetricData",
    "lakeformation:AddLFTagsToResource",
    "lakeformation:GetDataAccess",
    "logs:CreateLogDelivery",
    "athena:ListWorkGroups",
    "logs:CreateLogGroup",
    "xray:PutTraceSegments",
}
"""First action of each statement whose service has no resource-level permissions, or that is for all APIs."""


LOCATION = ["glue.amazonaws.com", "lakeformation.amazonaws.com"]


def _statements(resources: Callable[..., Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for where, policy in resources("AWS::IAM::Policy"):
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            yield where, statement


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_role_is_bounded_and_trusts_one_service_of_this_account(
    environment: Environment, resources: Callable[..., Any]
) -> None:
    names = [*environment.settings.people.personas, "operator", "repairer", "eraser", "detokenizer"]
    people = {*map(environment.naming.resource, names)}
    for where, role in resources("AWS::IAM::Role"):
        properties = role["Properties"]
        assert "boundary" in str(properties["PermissionsBoundary"]), where
        statements = properties["AssumeRolePolicyDocument"]["Statement"]
        if properties.get("RoleName") in people:
            assert all(map(_names_somebody, statements)), where
        else:
            [statement] = statements
            services = _list(statement["Principal"]["Service"])
            # The role of a registered location trusts two:
            # https://docs.aws.amazon.com/lake-formation/latest/dg/registration-role.html
            assert len(services) == 1 or sorted(services) == LOCATION, where


def _names_somebody(statement: dict[str, Any]) -> bool:
    """Whether a statement trusts named principals of this account, or what a named provider sends."""
    if statement["Action"] == "sts:AssumeRoleWithSAML":
        return ":saml-provider/" in str(statement["Principal"]["Federated"]) and bool(statement["Condition"])
    trusted = _list(statement["Condition"]["ArnLike"]["aws:PrincipalArn"])
    return bool(trusted) and not [arn for arn in trusted if re.search(r":(role|user)/\*|:\*", arn)]


def test_persona_may_browse_and_see_the_results_of_its_own_queries_alone(
    assembly: Assembly, environment: Environment
) -> None:
    naming = environment.naming
    place = f"{naming.region}:{naming.account}"
    results = f"arn:aws:s3:::{naming.bucket('query-results')}"
    catalog = f"arn:aws:athena:{place}:datacatalog/AwsDataCatalog"
    for persona in environment.settings.people.personas:
        [role] = [each for each in roles(assembly).values() if each.resource.name == naming.resource(persona)]
        caller = identity(role)

        def may(action: str, resource: str = "*", caller: Identity = caller, **keys: str) -> bool:
            sent = {key.replace("_", ":"): value for key, value in keys.items()}
            return allowed(Request(action, resource, caller, sent)).allowed

        for action in ("ListWorkGroups", "ListDataCatalogs"):
            assert may(f"athena:{action}"), action
        for action in ("ListDatabases", "ListTableMetadata", "GetTableMetadata", "GetDataCatalog"):
            assert may(f"athena:{action}", catalog), action
        for action in ("ListQueryExecutions", "GetQueryResultsStream"):
            assert may(f"athena:{action}", f"arn:aws:athena:{place}:workgroup/{role.resource.name}"), action
        assert may("glue:GetDatabase", f"arn:aws:glue:{place}:database/default")
        for whose in environment.settings.people.personas:
            assert may("s3:ListBucket", results, s3_prefix=f"{whose}/2026") is (whose == persona)
            assert may("s3:GetObject", f"{results}/{whose}/result.csv") is (whose == persona)
        assert not may("s3:ListBucket", results)


def test_statement_has_no_wildcard_action(resources: Callable[..., Any]) -> None:
    statements = list(_statements(resources))
    assert statements
    for where, statement in statements:
        assert not [action for action in _list(statement["Action"]) if "*" in action], where


def test_statement_names_its_resources_unless_the_service_has_none(resources: Callable[..., Any]) -> None:
    for where, statement in _statements(resources):
        if "*" in _list(statement["Resource"]):
            assert UNSCOPED & set(_list(statement["Action"])), (where, statement)


def test_role_has_no_managed_policy(resources: Callable[..., Any]) -> None:
    for where, role in resources("AWS::IAM::Role"):
        assert "ManagedPolicyArns" not in role["Properties"], where


def test_job_role_reaches_its_own_domain_and_of_others_what_its_products_read(
    environment: Environment, templates: dict[str, Any]
) -> None:
    lake, naming = environment.lake, environment.naming
    for domain in lake.domains:
        stacks = [templates[stack_id(domain, part)] for part in parts(lake, domain)]
        text = str(
            [
                resource["Properties"]["PolicyDocument"]
                for template in stacks
                for resource in template["Resources"].values()
                if resource["Type"] == "AWS::IAM::Policy"
            ]
        )
        read = sources(lake, domain)
        for other in set(lake.domains) - {domain}:
            named = {layer for layer in Layer if f":table/{naming.database(layer, other)}/" in text}
            assert named == {layer for layer, name in read if name == other}, (domain, other)
            for layer in Layer:
                reached = f"-{layer}-{naming.account}-{naming.region}/{other}/" in text
                assert reached == (layer in named), (domain, other, layer)


@pytest.mark.parametrize(("key", "method"), [("MaskingKey", Method.HASH), ("TokenKey", Method.TOKENIZE)])
def test_only_what_makes_silver_of_a_masking_domain_reads_the_keys_that_it_needs(
    environment: Environment, templates: dict[str, Any], key: str, method: Method
) -> None:
    readers = {
        (stack, logical_id.partition("Role")[0])
        for stack, template in templates.items()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
        if statement["Action"] == "secretsmanager:GetSecretValue" and key in str(statement["Resource"])
    }
    masking = {
        dataset.domain
        for dataset in environment.lake.datasets
        if any(field.masking and field.masking.method is method for field in every_field(dataset.fields))
    }
    kinds = ["BronzeToSilver", *(["SilverFunction"] if environment.settings.processing.function else [])]
    expected = {(stack_id(domain, 1), kind) for domain in masking for kind in kinds}
    if key == "TokenKey" and environment.settings.people.detokenizers:
        expected.add(("Governance", "Detokenizer"))
    if environment.settings.people.erasers:
        expected.add(("Governance", "Eraser"))  # looks for pseudonyms
    assert readers == expected


def test_detokenizer_reads_the_token_key_through_secrets_and_nothing_else(
    environment: Environment, templates: dict[str, Any]
) -> None:
    resources = templates["Governance"]["Resources"]
    policies = [
        resource["Properties"]["PolicyDocument"]["Statement"]
        for logical_id, resource in resources.items()
        if resource["Type"] == "AWS::IAM::Policy" and logical_id.startswith("Detokenizer")
    ]
    if not environment.settings.people.detokenizers:
        assert policies == []
        return
    [[secret, key]] = policies
    assert (secret["Action"], key["Action"]) == ("secretsmanager:GetSecretValue", "kms:Decrypt")
    assert "TokenKey" in str(secret["Resource"])
    service = f"secretsmanager.{environment.settings.region}.amazonaws.com"
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": service}}


def test_boundary_refuses_to_hide_to_open_and_to_become_another(assembly: Assembly) -> None:
    [boundary] = [
        each.properties["PolicyDocument"]
        for each in assembly.of("AWS::IAM::ManagedPolicy")
        if each.name.endswith("-boundary")
    ]
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    caller = Identity("arn:aws:iam::123456789012:role/any", (everything,), boundary)
    for action in (
        "cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "kms:DisableKey",
        "kms:ScheduleKeyDeletion", "kms:PutKeyPolicy", "kms:CreateGrant", "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy", "s3:PutLifecycleConfiguration", "s3:PutBucketVersioning",
        "s3:PutReplicationConfiguration", "s3:BypassGovernanceRetention", "logs:DeleteLogGroup",
        "iam:PutRolePolicy", "sts:AssumeRole",
    ):  # fmt: skip
        assert not allowed(Request(action, "*", caller)).allowed, action
    everyone = {"Statement": [{**everything["Statement"][0], "Principal": "*"}]}
    for action in ("s3:GetObject", "kms:Decrypt", "glue:UpdateTable", "logs:PutLogEvents"):
        assert allowed(Request(action, "*", caller, policy=everyone)).allowed, action
