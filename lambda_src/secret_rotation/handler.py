"""Lambda entry point: one step of the rotation of one secret."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from shared.environment import EnvironmentSettings

from secret_rotation.owners import owner_of
from secret_rotation.steps import Rotation

logger = Logger()


@dataclass(frozen=True)
class Settings(EnvironmentSettings):
    """What the stack tells the function."""

    owners: str
    """JSON: what each secret opens, by the secret's ARN."""


@cache
def _secrets() -> Any:
    return boto3.client("secretsmanager")


@logger.inject_lambda_context
def handler(event: dict[str, str], context: LambdaContext) -> None:
    """Do it. A step that fails ends the rotation, the old value works on, and AWS tries again."""
    secret, step = event["SecretId"], event["Step"]
    owner = owner_of(secret, Settings.from_env().owners)
    done = Rotation(_secrets(), secret, event["ClientRequestToken"], owner).take(step)
    logger.info("taken" if done else "nothing to do", step=step, secret=secret)
