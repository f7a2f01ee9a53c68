"""Environment variables of the dispatcher."""

from dataclasses import dataclass

from shared.environment import EnvironmentSettings


@dataclass(frozen=True)
class Settings(EnvironmentSettings):
    """What the stack tells the function."""

    queue_url: str
    """FIFO queue that the silver function takes its datasets from."""
