"""Environment variables of the landing router."""

from dataclasses import dataclass

from shared.environment import EnvironmentSettings


@dataclass(frozen=True)
class Settings(EnvironmentSettings):
    """What the stack tells the router."""

    routes_bucket: str
    """Bucket of the JSON object that lists the datasets delivered as files."""
    routes_key: str
    """Key of that object; a new key for new content, because a warm function reads it once."""
    bronze_bucket: str
    """Where files of known datasets go."""
    quarantine_bucket: str
    """Where all other files go."""
