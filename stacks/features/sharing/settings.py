"""Settings of the feature `sharing`."""

from collections import Counter
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from config.section import Section
from config.settings import PersonaName


class AgreementSettings(Section):
    """What two environments say alike of what one of them reads of the other one's."""

    environment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    """The other environment of this project, in `config/environments`."""
    account: Annotated[str, Field(pattern=r"^\d{12}$")]
    """The other environment's account."""
    persona: PersonaName
    """Whose reading is shared: the columns and rows that this persona reads where the tables are, by
    `config/access.yaml` and the contracts, and no others."""
    datasets: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of the datasets whose silver or gold tables are shared."""

    @field_validator("datasets")
    @classmethod
    def _are_named_once(cls, datasets: tuple[str, ...]) -> tuple[str, ...]:
        return _once(datasets)


class ShareSettings(AgreementSettings):
    """What another environment reads of this one."""


class ReadSettings(AgreementSettings):
    """What this environment reads of another one."""

    personas: Annotated[tuple[PersonaName, ...], Field(min_length=1)]
    """Personas of this environment who may read it, each all of it."""

    @field_validator("personas")
    @classmethod
    def _are_different(cls, personas: tuple[str, ...]) -> tuple[str, ...]:
        return _once(personas)


class SharingSettings(Section):
    """Tables that lakes of other accounts read, and tables of theirs that this one reads."""

    shares: tuple[ShareSettings, ...]
    """What others read here, an entry for each environment."""
    reads: tuple[ReadSettings, ...]
    """What is read of others, an entry for each environment."""

    @model_validator(mode="after")
    def _does_something_once(self) -> Self:
        if not self.shares and not self.reads:
            raise ValueError("shares or reads has an entry, or there is no section")
        for entries in (self.shares, self.reads):
            _once(tuple(each.environment for each in entries))
        return self


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        raise ValueError(f"each once; these are there twice: {', '.join(twice)}")
    return names
