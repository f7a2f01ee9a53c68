"""What all settings have in common."""

from pydantic import BaseModel, ConfigDict


class StrictSettings(BaseModel):
    """Settings that cannot be changed, and refuse keys that they do not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
