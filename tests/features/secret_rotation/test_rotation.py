"""The deployed function rotates the password of a real database and the token of a real API."""

import json
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pg8000.native
import pytest
import trustme

from local.emulator.launcher import EmbeddedAws
from local.lake import deployment
from stacks.features.secret_rotation.settings import (
    ApiTokenOwner,
    PostgresqlOwner,
    RotatedSecret,
    SecretRotationSettings,
)
from tests.features.secret_rotation.api import Api, api
from tests.features.secret_rotation.postgres import ADMINISTRATOR, HOST, Postgres, postgres
from tests.fixtures.environments import TRIAL

FIRST = "first-password"
USER = "replicator"


@dataclass
class Rotations:
    """The deployed feature, and what it rotates."""

    aws: EmbeddedAws
    trust: ssl.SSLContext
    database: Postgres
    api: Api
    arns: dict[str, str]
    wait_for: Callable[..., Any]
    function: str

    def value(self, name: str, stage: str = "AWSCURRENT") -> dict[str, Any]:
        """Return what a secret holds."""
        secrets = self.aws.client("secretsmanager")
        found = secrets.get_secret_value(SecretId=self.arns[name], VersionStage=stage)
        return json.loads(found["SecretString"])  # type: ignore[no-any-return]

    def rotate(self, name: str) -> None:
        """Ask for a rotation; one that was cut off is taken up."""
        secrets = self.aws.client("secretsmanager")
        try:
            secrets.rotate_secret(SecretId=self.arns[name])
        except secrets.exceptions.InvalidRequestException as error:
            assert "will be reattempted" in str(error)  # noqa: PT017 (either is right)

    def rotated(self, name: str) -> dict[str, Any]:
        """Rotate, and return the value that is current then."""
        before = self.value(name)
        self.rotate(name)
        try:
            return self.wait_for(  # type: ignore[no-any-return]
                lambda: self.value(name), lambda now: now != before, seconds=60.0
            )
        except AssertionError as error:
            raise AssertionError(self.logged()) from error

    def failing(self, name: str, reason: str) -> None:
        """Rotate in vain: the log says why, and the current value stays."""
        before, logged = self.value(name), len(self.logged())
        self.rotate(name)
        self.wait_for(lambda: reason in self.logged()[logged:], seconds=60.0)
        assert self.value(name) == before

    def logged(self) -> str:
        """Return what the function has logged."""
        logs, group = self.aws.client("logs"), f"/aws/lambda/{self.function}"
        return "\n".join(each["message"] for each in logs.filter_log_events(logGroupName=group)["events"])

    @contextmanager
    def entered(self, user: str, password: str) -> Iterator[pg8000.native.Connection]:
        """Log in to the database."""
        found = pg8000.native.Connection(
            user, host=HOST, port=self.database.port, password=password, database="postgres",
            ssl_context=self.trust,
        )  # fmt: skip
        try:
            yield found
        finally:
            found.close()

    def who(self, password: str) -> str:
        """Log in as the user whose password is rotated, and return as whom."""
        with self.entered(USER, password) as connection:
            [[name]] = connection.run("SELECT current_user")
        return str(name)

    def administer(self, sql: str) -> None:
        """Run a statement as administrator."""
        with self.entered(ADMINISTRATOR, FIRST) as connection:
            connection.run(sql)


@pytest.fixture(scope="module")
def rotations(
    embedded_aws: EmbeddedAws, build_app: Callable[..., cdk.App], wait_for: Callable[..., Any]
) -> Iterator[Rotations]:
    authority = trustme.CA()
    server, trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert(HOST).configure_cert(server)
    authority.configure_trust(trust)
    key = embedded_aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    with postgres(server, FIRST) as database, api(server) as service:
        first = {
            "database": {
                "host": HOST, "port": database.port, "username": USER, "password": FIRST, "engine": "any",
            },
            "api": {"token": "first"},
        }  # fmt: skip
        secrets = embedded_aws.client("secretsmanager")
        arns = {
            name: secrets.create_secret(Name=f"rotated-{name}", KmsKeyId=key, SecretString=json.dumps(value))[
                "ARN"
            ]
            for name, value in first.items()
        }
        opens: dict[str, PostgresqlOwner | ApiTokenOwner] = {
            "database": PostgresqlOwner(kind="postgresql", database="postgres"),
            "api": ApiTokenOwner(
                kind="api_token",
                issue=f"{service.url}/tokens",
                test=f"{service.url}/me",
                revoke=f"{service.url}/me",
            ),
        }
        section = SecretRotationSettings(
            secrets=tuple(
                RotatedSecret(arn=arn, key_arn=key, days=30, opens=opens[name]) for name, arn in arns.items()
            ),
            network=None,
            certificate_authorities=authority.cert_pem.bytes().decode(),
        )
        settings = TRIAL.settings.model_copy(
            update={
                "account": embedded_aws.account,
                "region": embedded_aws.region,
                "features": TRIAL.settings.features.model_copy(update={"secret_rotation": section}),
            }
        )
        app = build_app(TRIAL, settings=settings)
        deployment.bootstrap(embedded_aws)
        deployment.deploy(embedded_aws, Path(app.synth().directory), ["Foundation", "SecretRotation"])
        made = Rotations(
            embedded_aws,
            trust,
            database,
            service,
            arns,
            wait_for,
            settings.naming.resource("secret_rotation"),
        )
        made.administer(f"CREATE USER {USER} PASSWORD '{FIRST}'")
        yield made


def test_password_changes_in_database_and_secret_and_open_connections_stay(rotations: Rotations) -> None:
    before = rotations.value("database")
    with rotations.entered(USER, FIRST) as connection:
        now = rotations.rotated("database")
        assert connection.run("SELECT 1") == [[1]]
    assert {**now, "password": None} == {**before, "password": None}
    assert rotations.who(now["password"]) == USER
    with pytest.raises(pg8000.native.DatabaseError, match="28P01"):
        rotations.who(FIRST)
    assert rotations.value("database", "AWSPREVIOUS") == before


def test_no_password_is_in_the_log_of_the_database_or_of_the_function(rotations: Rotations) -> None:
    password = rotations.rotated("database")["password"]
    assert "ALTER USER" in rotations.database.logged()
    assert password not in rotations.database.logged()
    assert password not in rotations.logged()


def test_rotation_that_was_cut_off_is_ended_by_the_next(rotations: Rotations) -> None:
    pending = {**rotations.value("database"), "password": "changed-then-killed"}
    secrets = rotations.aws.client("secretsmanager")
    secrets.put_secret_value(
        SecretId=rotations.arns["database"], SecretString=json.dumps(pending), VersionStages=["AWSPENDING"]
    )
    rotations.administer(f"ALTER USER {USER} PASSWORD 'changed-then-killed'")
    assert rotations.rotated("database") == pending
    assert rotations.who(pending["password"]) == USER


def test_password_that_somebody_changed_by_hand_is_told_and_nothing_changes(rotations: Rotations) -> None:
    right = rotations.value("database")["password"]
    rotations.administer(f"ALTER USER {USER} PASSWORD 'by-hand'")
    rotations.failing("database", "no password of the secret lets replicator in")
    rotations.administer(f"ALTER USER {USER} PASSWORD '{right}'")
    assert rotations.who(rotations.rotated("database")["password"]) == USER


def test_token_is_issued_and_the_last_one_stays_until_the_next(rotations: Rotations) -> None:
    second = rotations.rotated("api")["token"]
    assert rotations.api.tokens == {"first", second}
    third = rotations.rotated("api")["token"]
    assert rotations.api.tokens == {second, third}


def test_api_that_is_down_leaves_the_token_and_the_next_rotation_ends_well(rotations: Rotations) -> None:
    rotations.api.broken = 503
    rotations.failing("api", "answered 503")
    rotations.api.broken = 0
    assert rotations.rotated("api")["token"] in rotations.api.tokens


def test_token_that_lets_nobody_in_does_not_become_current(rotations: Rotations) -> None:
    rotations.api.issues_bad = True
    rotations.failing("api", "answered 401")
    assert rotations.value("api")["token"] in rotations.api.tokens


def test_function_is_refused_other_secrets(rotations: Rotations) -> None:
    secrets = rotations.aws.client("secretsmanager")
    other = secrets.create_secret(Name="another", SecretString="{}")["ARN"]
    function = rotations.aws.client("lambda").get_function(FunctionName=rotations.function)["Configuration"]
    with pytest.raises(secrets.exceptions.ClientError, match="cannot invoke the specified Lambda function"):
        secrets.rotate_secret(SecretId=other, RotationLambdaARN=function["FunctionArn"])
