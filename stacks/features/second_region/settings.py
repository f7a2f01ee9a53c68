"""Settings of the feature `second_region`."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from config.section import Section


class SendSettings(Section):
    """What S3 replicates from here."""

    time_control: bool
    """Whether AWS promises to replicate within 15 minutes (S3 Replication Time Control), and bills each GB
    for it; without, it replicates as soon as it can."""


class ReceiveSettings(Section):
    """From when on to tell that copies come late; their metrics are those of the region that receives."""

    latency_minutes: Annotated[int, Field(ge=1)]
    """Minutes by which the copy may be behind, and so the newest data that the loss of a region may take."""
    pending_mebibytes: Annotated[int, Field(ge=1)]
    """MiB that may wait to be copied."""


class SecondRegionSettings(Section):
    """A pair of environments of one account: one holds a copy of what the other cannot make again."""

    environment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
    """The other environment of this project, in `config/environments`."""
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    """The other environment's region."""
    sends: SendSettings | None
    """Null: nothing is replicated from here."""
    receives: ReceiveSettings | None
    """Null: nothing of the other environment is replicated to here."""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.sends is None and self.receives is None:
            raise ValueError("sends or receives, or both once data go back after a failover")
        return self
