"""What all sections of settings and contracts have in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A frozen part of what people write, such as the settings of an environment, that refuses unknown keys.

    The text below a field tells people what it means: the reference pages are made of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
