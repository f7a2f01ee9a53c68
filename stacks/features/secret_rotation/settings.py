"""Settings of the feature `secret_rotation`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.section import Section

_Url = Annotated[str, Field(pattern=r"^https://[^\s/?#]+(/\S*)?$")]


class PostgresqlOwner(Section):
    """A user of a PostgreSQL database, RDS and Aurora among them, whose password changes in place."""

    kind: Literal["postgresql"]
    database: Annotated[str, Field(min_length=1, max_length=63)]
    """Name of the database to log in to; the secret has `host`, `port`, `username` and `password`."""


class ApiTokenOwner(Section):
    """An API over HTTP that issues another token to who has one; the secret has `token`."""

    kind: Literal["api_token"]
    issue: _Url
    """POST answers `{"token": …}` with another token."""
    test: _Url
    """GET answers 2xx to who is let in."""
    revoke: _Url | None
    """DELETE gives up the token that it is called with; null if tokens end by themselves."""


class RotatedSecret(Section):
    """A secret, and what it opens."""

    arn: Annotated[str, Field(pattern=r"^arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:.+-\w{6}$")]
    key_arn: Annotated[str, Field(pattern=r"^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key/.+$")]
    """Key that encrypts the secret."""
    days: Annotated[int, Field(ge=1, le=1000)]
    """Days after which it gets another value:
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html"""
    opens: Annotated[PostgresqlOwner | ApiTokenOwner, Field(discriminator="kind")]
    """What lets in by it."""


class RotationNetwork(Section):
    """From where databases and APIs can be reached that are not in the internet."""

    subnet_ids: Annotated[
        tuple[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]+$")], ...], Field(min_length=1)
    ]
    """Subnets from which they can be reached, and Secrets Manager and KMS by endpoints or a NAT gateway."""
    security_group_ids: Annotated[
        tuple[Annotated[str, Field(pattern=r"^sg-[0-9a-f]+$")], ...], Field(min_length=1)
    ]
    """Security groups that let the function out to them."""


class SecretRotationSettings(Section):
    """One function that rotates secrets of this environment's account."""

    secrets: Annotated[tuple[RotatedSecret, ...], Field(min_length=1)]
    network: RotationNetwork | None
    """Null: the function reaches what is in the internet alone."""
    certificate_authorities: Annotated[str, Field(pattern=r"^-----BEGIN CERTIFICATE-----\n")] | None
    """Certificates, in PEM, of who may vouch for these servers, such as the bundle of RDS for the region:
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html. Null: those that the system
    of Lambda trusts."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        arns = [each.arn for each in self.secrets]
        if len(set(arns)) < len(arns):
            raise ValueError("each secret once")
        return self
