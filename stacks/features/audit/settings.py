"""Settings of the feature `audit`."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.section import Section
from config.settings import PersonaName

Region = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]


class ExistingTrail(Section):
    """A trail that is there already, such as that of the organization; the lake makes none, and no bucket."""

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")]
    """Bucket of its files; one of another account has to let the readers' roles read it."""
    prefix: Annotated[str, Field(pattern=r"^([\w!.*'()-]+/)*$")] = ""
    """Prefix before `AWSLogs/`, with a slash at the end; none if empty."""
    organization: Annotated[str, Field(pattern=r"^o-[a-z0-9]{10,32}$")] | None = None
    """Id of the organization if the trail is one's, whose files lie below it; null: an account's."""
    key: Annotated[str, Field(pattern=r"^arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:key/[\w-]+$")] | None = None
    """ARN of the key of its files, whose policy has to let the readers' roles decrypt; null: under none."""


class LockSettings(Section):
    """Object Lock of the trail's bucket."""

    mode: Literal["governance", "compliance"]
    """`governance`: whoever may do `s3:BypassGovernanceRetention` can delete; `compliance`: nobody, the root
    user of the account neither, before the time is over."""
    days: Annotated[int, Field(ge=1, le=36500)]
    """Days for which nobody deletes or replaces a file of the trail."""


class AuditSettings(Section):
    """What is recorded of who did what, for how long, and who asks."""

    trail: Literal["own"] | ExistingTrail
    """`own`: the lake makes a trail with a bucket of its own; or the trail that is there already. A second
    trail in an account bills management events: https://aws.amazon.com/cloudtrail/pricing/"""
    keep_days: Annotated[int, Field(ge=1)] | None
    """Days after which files of the own trail expire; null with a trail that is there already."""
    lock: LockSettings | None
    """Object Lock on files of the own trail; null: none. It outlives the environment."""
    readers: Annotated[tuple[PersonaName, ...], Field(min_length=1)]
    """Personas who ask the tables; each is granted both, and the files behind them."""
    regions: tuple[Region, ...]
    """Regions of which the table of events tells, beside the environment's and us-east-1, which has what is
    done to IAM. The files have all regions."""

    @model_validator(mode="after")
    def _kept_as_long_as_locked(self) -> Self:
        if self.trail != "own":
            if self.lock is not None or self.keep_days is not None:
                raise ValueError(
                    "keep_days: null and lock: null where the trail is another's, and its bucket"
                )
            return self
        if self.keep_days is None:
            raise ValueError("keep_days where the trail is the lake's own")
        if self.lock is not None and self.lock.days > self.keep_days:
            raise ValueError("keep_days of at least lock.days: what is locked cannot expire")
        return self
