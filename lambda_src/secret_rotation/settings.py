"""What the function is told."""

from dataclasses import dataclass

from shared.environment import EnvironmentSettings


@dataclass(frozen=True)
class Settings(EnvironmentSettings):
    """What the stack tells the function."""

    owners: str
    """JSON: what each secret opens, by the secret's ARN."""
