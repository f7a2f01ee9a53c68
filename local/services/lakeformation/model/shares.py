"""Resource shares of AWS RAM that Lake Formation keeps for what it granted to other accounts.

There is one for each pair of accounts, as from version 2 of cross-account sharing on. It is there as long as
anything is granted, and nothing of it can be reached before the other account accepted its invitation; a
share that ended and begins again is another one, with an invitation of its own.

- https://docs.aws.amazon.com/lake-formation/latest/dg/optimize-ram.html
- https://docs.aws.amazon.com/lake-formation/latest/dg/accepting-ram-invite.html
"""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

_NUMBER = re.compile(r"\d{12}")

Status = Literal["PENDING", "ACCEPTED", "REJECTED"]


def is_account(principal: str) -> bool:
    """Whether grants to a principal are to an account as a whole."""
    return _NUMBER.fullmatch(principal) is not None


def account_of(principal: str) -> str:
    """The account that a principal is, or is of; empty for what is of none."""
    if is_account(principal):
        return principal
    parts = principal.split(":")
    return parts[4] if parts[:3] == ["arn", "aws", "iam"] and _NUMBER.fullmatch(parts[4]) else ""


@dataclass
class Share:
    """What one account gives to another one in a region, as both see it in RAM."""

    owner: str
    receiver: str
    region: str
    resources: frozenset[str] = frozenset()
    """ARNs of Glue's databases and tables."""
    status: Status = "PENDING"
    """Of the invitation."""
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def name(self) -> str:
        """As Lake Formation names it."""
        return f"LakeFormation-V4-{self.id[:8].upper()}"

    @property
    def arn(self) -> str:
        """ARN of the share."""
        return f"arn:aws:ram:{self.region}:{self.owner}:resource-share/{self.id}"

    @property
    def invitation(self) -> str:
        """ARN of its invitation."""
        return f"arn:aws:ram:{self.region}:{self.receiver}:resource-share-invitation/{self.id}"


class Shares:
    """The shares of all accounts."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Share] = {}

    def sync(self, owner: str, region: str, wanted: Mapping[str, Iterable[str]]) -> None:
        """Have the shares of an account hold what it has granted: ARNs by the accounts that hold them."""
        for share in [*self.owned(owner, region)]:
            if share.receiver not in wanted:
                del self._known[owner, share.receiver, region]
        for receiver, arns in wanted.items():
            share = self._known.setdefault((owner, receiver, region), Share(owner, receiver, region))
            share.resources = frozenset(arns)

    def reach(self, owner: str, receiver: str, region: str) -> bool:
        """Whether an account reaches what another one granted to it."""
        share = self._known.get((owner, receiver, region))
        return share is not None and share.status == "ACCEPTED"

    def owned(self, account: str, region: str) -> Iterator[Share]:
        """What an account shares in a region."""
        return (each for each in self._known.values() if (each.owner, each.region) == (account, region))

    def received(self, account: str, region: str) -> Iterator[Share]:
        """What is shared with an account in a region, whether or not it was accepted."""
        return (each for each in self._known.values() if (each.receiver, each.region) == (account, region))


SHARES = Shares()
"""Those of this process."""
