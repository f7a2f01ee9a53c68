"""Rules about who may do what: wildcards, other accounts, keys, Lake Formation."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from stacks.policies.lake.rules import Resource, Rule, listed, of_type, statements

_Faults = Iterator[tuple[Resource, str]]

_DOCUMENTS = {
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
    "AWS::IAM::Role": "AssumeRolePolicyDocument",
    "AWS::Kinesis::ResourcePolicy": "ResourcePolicy",
}
"""Policies that say who may reach a resource, by its type."""

_OF_AN_ACCOUNT = (
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:sourceaccount", "aws:sourcearn",
    "kms:calleraccount",
)  # fmt: skip
"""Condition keys that narrow everybody down to somebody."""


def _wildcards(found: Sequence[Resource]) -> _Faults:
    for policy in of_type(found, "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role"):
        for document in _granted(policy):
            for statement in statements(document):
                actions = [each for each in listed(statement.get("Action")) if "*" in each]
                if actions or "NotAction" in statement:
                    yield policy, f"allows {', '.join(actions) or 'all but some actions'}"


def _granted(policy: Resource) -> Iterator[Any]:
    """Documents by which a resource gives roles rights; a policy of nobody, as a boundary is, gives none."""
    properties = policy.properties
    if policy.type == "AWS::IAM::Role":
        yield from (each.get("PolicyDocument") for each in properties.get("Policies", []))
    elif any(properties.get(key) for key in ("Roles", "Users", "Groups")):
        yield properties.get("PolicyDocument")


def _other_accounts(found: Sequence[Resource]) -> _Faults:
    for resource in of_type(found, *_DOCUMENTS):
        for statement in statements(resource.properties.get(_DOCUMENTS[resource.type])):
            yield from ((resource, fault) for fault in _strangers(statement))
    for permission in of_type(found, "AWS::Lambda::Permission"):
        principal = str(permission.properties.get("Principal"))
        if principal == "*" or not principal.endswith(".amazonaws.com"):
            yield permission, f"lets {principal} call the function"


def _strangers(statement: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the principals of a statement."""
    if "NotPrincipal" in statement:
        yield "allows everybody but some"
    principal = statement.get("Principal", {})
    named = listed(principal if isinstance(principal, str) else principal.get("AWS"))
    conditions = {
        key.lower(): values
        for block in statement.get("Condition", {}).values()
        for key, values in block.items()
    }
    if "*" in named and not conditions.keys() & set(_OF_AN_ACCOUNT):
        yield "allows everybody of any account"
    accounts = {account for each in named if (account := _account(each))}
    if len(accounts) > 1:
        yield f"allows principals of the accounts {', '.join(sorted(accounts))}"


def _account(principal: Any) -> str:
    """Account of a principal; it is empty where the template does not spell it out."""
    text = principal if isinstance(principal, str) else json.dumps(principal)
    parts = text.split(":")
    number = parts[4] if len(parts) > 4 else text  # noqa: PLR2004 (an ARN's fifth part)
    return number if number.isdigit() else ""


def _keys(found: Sequence[Resource]) -> _Faults:
    for key in of_type(found, "AWS::KMS::Key"):
        for statement in statements(key.properties.get("KeyPolicy")):
            principal = statement.get("Principal", {})
            named = listed(principal if isinstance(principal, str) else principal.get("AWS"))
            if "Condition" not in statement and [each for each in named if ":root" in json.dumps(each)]:
                yield key, "leaves the key to whatever IAM policies of the account say"
            if {"kms:*", "*"} & set(listed(statement.get("Action"))):
                yield key, "lets one principal administer and use it"


def _mutation(found: Sequence[Resource]) -> _Faults:
    for settings in of_type(found, "AWS::LakeFormation::DataLakeSettings"):
        if settings.properties.get("MutationType") != "APPEND":
            yield settings, "it replaces the administrators of the account"
        for key in ("CreateDatabaseDefaultPermissions", "CreateTableDefaultPermissions"):
            if settings.properties.get(key):
                yield settings, f"{key} gives rights on whatever is made"


def _grants(found: Sequence[Resource]) -> Iterator[tuple[Resource, Mapping[str, Any], set[str]]]:
    for grant in of_type(
        found, "AWS::LakeFormation::PrincipalPermissions", "AWS::LakeFormation::Permissions"
    ):
        rights = {*listed(grant.properties.get("Permissions"))}
        rights |= {*listed(grant.properties.get("PermissionsWithGrantOption"))}
        yield grant, grant.properties, rights


def _everybody(found: Sequence[Resource]) -> _Faults:
    for grant, properties, _ in _grants(found):
        principal = properties.get("Principal") or properties.get("DataLakePrincipal")
        if "IAM_ALLOWED_PRINCIPALS" in json.dumps(principal):
            yield grant, "whoever has rights in IAM needs none of Lake Formation"


def _super(found: Sequence[Resource]) -> _Faults:
    for grant, properties, rights in _grants(found):
        wide = {"TableWildcard", "LFTagPolicy", "ColumnWildcard"} & set(_keys_of(properties.get("Resource")))
        if wide and {"ALL", "SUPER"} & rights:
            yield grant, f"all rights on a {', '.join(sorted(wide))}"


def _keys_of(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield key
            yield from _keys_of(inner)


RULES: Iterable[Rule] = (
    Rule("WildcardAction", "A role's policy names each action that it allows", _wildcards),
    Rule(
        "OtherAccount",
        "Who reaches a resource is of its account: nobody of another one, and nobody without a condition on "
        "the account",
        _other_accounts,
    ),
    Rule(
        "KeyUse",
        "A key is administered and used by different principals, none of them the account as a whole: "
        "https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
        _keys,
    ),
    Rule(
        "LakeFormationSettings",
        "Settings of the account are appended to, and give nobody default rights: "
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-lakeformation-datalakesettings.html",
        _mutation,
    ),
    Rule(
        "LakeFormationEverybody",
        "Lake Formation grants nothing to IAM_ALLOWED_PRINCIPALS, which switches it off: "
        "https://docs.aws.amazon.com/lake-formation/latest/dg/upgrade-glue-lake-formation-background.html",
        _everybody,
    ),
    Rule(
        "LakeFormationSuper",
        "Nobody has every right on tables that are not named",
        _super,
    ),
)
