"""What the dispatcher is told, and the queue that it tells."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from shared.environment import EnvironmentSettings


@dataclass(frozen=True)
class Settings(EnvironmentSettings):
    """What the stack tells the function."""

    queue_url: str
    """FIFO queue that the silver function takes its datasets from."""


@cache
def queue() -> tuple[Any, str]:
    """A client and the URL of the queue, kept while the function stays warm.

    Raises:
        TerminalError: The URL is missing.
    """
    return boto3.client("sqs"), Settings.from_env().queue_url
