"""The feature `secret_rotation`: what the function may do, who may ask it, and what settings are refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template
from pydantic import ValidationError

from stacks.features.secret_rotation.settings import SecretRotationSettings
from tests.fixtures.environments import TRIAL, example_of
from tools.assembly.assembly import Assembly
from tools.assembly.policies import roles

ROTATION = cast("SecretRotationSettings", example_of("secret_rotation"))
ENVIRONMENT = replace(TRIAL, features=("secret_rotation",))
[SECRET] = ROTATION.secrets


@pytest.fixture(scope="module")
def template(build_app: Callable[..., cdk.App]) -> Template:
    return Template.from_stack(cast("cdk.Stack", build_app(ENVIRONMENT).node.find_child("SecretRotation")))


def test_secret_is_rotated_as_often_as_it_says_and_not_by_a_deployment(template: Template) -> None:
    template.has_resource_properties(
        "AWS::SecretsManager::RotationSchedule",
        {
            "SecretId": SECRET.arn,
            "RotationRules": {"AutomaticallyAfterDays": SECRET.days},
            "RotateImmediatelyOnUpdate": False,
        },
    )


def test_secrets_manager_alone_may_ask_and_for_this_secret_alone(template: Template) -> None:
    template.resource_count_is("AWS::Lambda::Permission", 1)
    template.has_resource_properties(
        "AWS::Lambda::Permission",
        {
            "Principal": "secretsmanager.amazonaws.com",
            "SourceArn": SECRET.arn,
            "SourceAccount": TRIAL.settings.account,
        },
    )


def test_function_lies_in_the_network_and_its_code_may_not_change_that(template: Template) -> None:
    assert ROTATION.network is not None
    template.has_resource_properties(
        "AWS::Lambda::Function",
        {
            "VpcConfig": {
                "SubnetIds": list(ROTATION.network.subnet_ids),
                "SecurityGroupIds": list(ROTATION.network.security_group_ids),
            }
        },
    )
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {
                                "Effect": "Deny",
                                "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": Match.any_value()}},
                            }
                        )
                    ]
                )
            }
        },
    )


def test_function_reads_no_other_secret_and_uses_the_key_for_it_alone(
    assemble: Callable[..., Path],
) -> None:
    found = roles(Assembly.of_folder(assemble(ENVIRONMENT)))
    [role] = [each for each in found.values() if SECRET.arn in str(each.policies)]
    statements: list[dict[str, Any]] = [one for policy in role.policies for one in policy["Statement"]]
    of_secrets = [one for one in statements if "secretsmanager" in str(one["Action"])]
    assert [one["Resource"] for one in of_secrets] == [SECRET.arn]
    [of_key] = [one for one in statements if "kms" in str(one["Action"])]
    assert of_key["Resource"] == SECRET.key_arn
    assert of_key["Condition"]["StringEquals"]["kms:EncryptionContext:SecretARN"] == SECRET.arn


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"secrets": []}, "at least 1"),
        ({"secrets": [SECRET.model_dump(), SECRET.model_dump()]}, "each secret once"),
        ({"secrets": [{**SECRET.model_dump(), "days": 0}]}, "greater than or equal to 1"),
        ({"secrets": [{**SECRET.model_dump(), "opens": {"kind": "mysql", "database": "x"}}]}, "postgresql"),
        (
            {
                "secrets": [
                    {
                        **SECRET.model_dump(),
                        "opens": {
                            "kind": "api_token",
                            "issue": "http://a",
                            "test": "https://a",
                            "revoke": None,
                        },
                    }
                ]
            },
            "https",
        ),
        ({"certificate_authorities": "config/bundle.pem"}, "BEGIN CERTIFICATE"),
    ],
)
def test_settings_that_cannot_work_are_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        SecretRotationSettings.model_validate({**ROTATION.model_dump(), **change})
