"""Invitations and shares, as the two accounts of each see them.

https://docs.aws.amazon.com/ram/latest/APIReference/Welcome.html
"""

from collections.abc import Iterable
from typing import Any

from ministack.core.responses import get_account_id, get_region

from local.services.lakeformation.model.shares import SHARES, Share
from local.services.service import Fault, Request, Service, operation

Json = dict[str, Any]


class ResourceAccessManager(Service[None]):
    """AWS RAM, for what Lake Formation shares."""

    model = "ram"

    def new_state(self) -> None:
        """All of it is Lake Formation's."""

    @operation("*")
    def get_resource_share_invitations(self, request: Request) -> Json:
        """List the invitations that the account got, those that it answered included."""
        wanted = set(request.get("resourceShareInvitationArns", []))
        shares = set(request.get("resourceShareArns", []))
        found = [
            _invitation(each)
            for each in _received()
            if (not wanted or each.invitation in wanted) and (not shares or each.arn in shares)
        ]
        return {"resourceShareInvitations": found}

    @operation("{resourceShareInvitationArn}")
    def accept_resource_share_invitation(self, request: Request) -> Json:
        """Reach from now on what is shared."""
        share = _pending(request)
        share.status = "ACCEPTED"
        return {"resourceShareInvitation": _invitation(share)}

    @operation("{resourceShareInvitationArn}")
    def reject_resource_share_invitation(self, request: Request) -> Json:
        """Do without what is shared."""
        share = _pending(request)
        share.status = "REJECTED"
        return {"resourceShareInvitation": _invitation(share)}

    @operation("*")
    def get_resource_shares(self, request: Request) -> Json:
        """List the account's own shares, or those of others that it accepted."""
        named = request.get("name")
        found = [_share(each) for each in _seen(request) if named in (None, each.name)]
        return {"resourceShares": found}

    @operation("*")
    def list_resources(self, request: Request) -> Json:
        """List what the account's own shares hold, or those of others that it accepted."""
        found = [
            {
                "arn": arn,
                "type": "glue:Table" if ":table/" in arn else "glue:Database",
                "resourceShareArn": each.arn,
                "status": "AVAILABLE",
                "creationTime": each.made,
                "lastUpdatedTime": each.made,
            }
            for each in _seen(request)
            for arn in sorted(each.resources)
        ]
        return {"resources": found}


def _received() -> list[Share]:
    return [*SHARES.received(get_account_id(), get_region())]


def _seen(request: Request) -> Iterable[Share]:
    if request["resourceOwner"] == "SELF":
        return SHARES.owned(get_account_id(), get_region())
    return (each for each in _received() if each.status == "ACCEPTED")


def _pending(request: Request) -> Share:
    arn = request["resourceShareInvitationArn"]
    share = next((each for each in _received() if each.invitation == arn), None)
    if share is None:
        message = f"ResourceShareInvitation {arn} could not be found."
        raise Fault("ResourceShareInvitationArnNotFoundException", message)
    if share.status != "PENDING":
        answer = share.status.title()
        message = f"ResourceShareInvitation {arn} was {share.status.lower()} already."
        raise Fault(f"ResourceShareInvitationAlready{answer}Exception", message)
    return share


def _invitation(share: Share) -> Json:
    return {
        "resourceShareInvitationArn": share.invitation,
        "resourceShareName": share.name,
        "resourceShareArn": share.arn,
        "senderAccountId": share.owner,
        "receiverAccountId": share.receiver,
        "invitationTimestamp": share.made,
        "status": share.status,
    }


def _share(share: Share) -> Json:
    return {
        "resourceShareArn": share.arn,
        "name": share.name,
        "owningAccountId": share.owner,
        "allowExternalPrincipals": True,
        "status": "ACTIVE",
        "creationTime": share.made,
        "lastUpdatedTime": share.made,
        "featureSet": "STANDARD",
    }
