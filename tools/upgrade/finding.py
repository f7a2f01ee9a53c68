"""What is found in a change of templates."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a change does."""

    REPLACED = "replaced"
    """Something that holds data or keys is made anew, empty, in place of the old one."""
    DELETED = "deleted"
    """Something that holds data or keys, or that others outside of the lake call, goes."""
    UNPROTECTED = "unprotected"
    """Data or keys are less protected against loss than they were."""
    REFUSED = "refused"
    """CloudFormation does not make the change, and rolls back the stack that has it."""
    STALE = "stale"
    """A stack goes on using what is made anew in another one, since nothing updates it."""
    RIGHTS = "rights"
    """Somebody can do more than before."""
    ACKNOWLEDGED = "acknowledged"
    """A finding of a policy pack is accepted that was not before."""
    PUBLIC = "public"
    """Something can be reached from outside that could not be before."""
    INTERRUPTED = "interrupted"
    """Something that holds nothing is made anew, goes, stops for a while, or is switched off."""


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that a change does."""

    kind: Kind
    place: str
    """`<stack>/<logical id>`, the stack alone, or `<stack>/<path of the construct>`."""
    what: str
    """What changes there; kind, place and this tell a finding from all others."""
    why: str
    """What comes of it, for people."""
    details: tuple[str, ...] = ()
    """What it is about in full, where `what` has a digest of it."""

    @property
    def dangerous(self) -> bool:
        """Whether somebody has to approve it before it is deployed."""
        return self.kind is not Kind.INTERRUPTED
