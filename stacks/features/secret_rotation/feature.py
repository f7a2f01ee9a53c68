"""The feature `secret_rotation`."""

from stacks.features.feature import Feature
from stacks.features.secret_rotation.settings import SecretRotationSettings

FEATURE = Feature(
    title="Passwords of database users and tokens of APIs change by themselves",
    section=SecretRotationSettings,
    idle_cost="USD 0: Secrets Manager bills the secrets, which are there already, and Lambda the seconds",
    laptop="all four steps, by the deployed function, against a real PostgreSQL and a real API",
    stacks=("SecretRotation",),
    patches=(),
)
