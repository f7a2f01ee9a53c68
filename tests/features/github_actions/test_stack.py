"""The feature `github_actions`: who may deploy, and that nobody else may."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError

from stacks.features.github_actions.settings import GithubActionsSettings
from tests.fixtures.environments import TRIAL, example_of
from tools.assembly.assembly import Assembly
from tools.assembly.policies import roles

GITHUB = cast("GithubActionsSettings", example_of("github_actions"))
ENVIRONMENT = replace(TRIAL, features=("github_actions",))
PROVIDER = f"arn:aws:iam::{TRIAL.settings.account}:oidc-provider/token.actions.githubusercontent.com"


@pytest.fixture(scope="module")
def assembly(assemble: Callable[..., Path]) -> Assembly:
    return Assembly.of_folder(assemble(ENVIRONMENT))


@pytest.mark.parametrize(
    ("name", "environment", "among"),
    [
        ("deploy", GITHUB.deploys, ["deploy", "file-publishing", "lookup"]),
        ("review", GITHUB.reviews, ["lookup"]),
    ],
)
def test_role_is_of_one_environment_of_one_repository_and_becomes_roles_of_the_bootstrap_alone(
    assembly: Assembly, name: str, environment: str, among: list[str]
) -> None:
    account, region = TRIAL.settings.account, TRIAL.settings.region
    role = roles(assembly)[f"arn:aws:iam::{account}:role/{TRIAL.naming.resource('github', name)}"]
    [trust] = role.trust["Statement"]
    assert (trust["Effect"], trust["Action"]) == ("Allow", "sts:AssumeRoleWithWebIdentity")
    assert trust["Principal"] == {"Federated": PROVIDER}
    assert trust["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": f"repo:{GITHUB.repository}:environment:{environment}",
        }
    }
    [policy] = role.policies
    [statement] = policy["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
    named = [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
    assert sorted(named) == [
        f"arn:aws:iam::{account}:role/cdk-hnb659fds-{each}-role-{account}-{region}" for each in among
    ]
    assert role.unknown == ()


def test_provider_is_made_where_the_account_has_none(assembly: Assembly) -> None:
    [provider] = assembly.of("AWS::IAM::OIDCProvider")
    assert provider.properties["Url"] == "https://token.actions.githubusercontent.com"
    assert provider.properties["ClientIdList"] == ["sts.amazonaws.com"]


def test_no_provider_is_made_where_there_is_one(build_app: Callable[..., Any]) -> None:
    features = ENVIRONMENT.settings.features.model_copy(
        update={"github_actions": GITHUB.model_copy(update={"provider": False})}
    )
    app = build_app(ENVIRONMENT, settings=ENVIRONMENT.settings.model_copy(update={"features": features}))
    assembly = Assembly.of_folder(Path(app.synth().directory))
    assert list(assembly.of("AWS::IAM::OIDCProvider")) == []


@pytest.mark.parametrize(
    "values",
    [
        {"repository": "acme"},
        {"repository": "acme/*"},
        {"repository": "acme/lake:ref"},
        {"deploys": "*"},
        {"reviews": "prod:ref"},
        {"reviews": GITHUB.deploys},
    ],
    ids=str,
)
def test_settings_name_one_repository_and_one_environment(values: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        GithubActionsSettings.model_validate_json(json.dumps({**GITHUB.model_dump(), **values}))
