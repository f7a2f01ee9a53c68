"""Who asked, in the form of CloudTrail.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
"""

from datetime import UTC, datetime
from typing import Any

from ministack.core.iam_evaluator import (
    CredentialResolutionError,
    ResolvedCredential,
    _role_name_from_assumed_arn,
    resolve_credential,
)
from ministack.services import iam, sts

Json = dict[str, Any]


def of_service(service: str) -> Json:
    """A service that asks for itself."""
    return {"type": "AWSService", "invokedBy": service}


def of_key(access_key: str, account: str, service: str = "") -> Json:
    """The holder of an access key; `service` asked for them. Unknown ones have their key alone."""
    found = resolve_credential(access_key, account) if access_key else None
    if found is None or isinstance(found, CredentialResolutionError):
        return {"type": "Unknown", "accessKeyId": access_key}
    known: Json = {
        "type": {"User": "IAMUser"}.get(found.principal_type, found.principal_type),
        "principalId": found.principal_id,
        "arn": found.principal_arn,
        "accountId": found.account_id,
        "accessKeyId": found.access_key_id,
    }
    if found.principal_type == "User":
        known["userName"] = found.principal_name
    if found.principal_type == "AssumedRole":
        known["sessionContext"] = _session(found)
    if service:
        known["invokedBy"] = service
    return known


def _session(found: ResolvedCredential) -> Json:
    name = _role_name_from_assumed_arn(found.principal_arn)
    role = iam._roles.get_scoped(found.account_id, None, name) or {}
    issued = sts._sessions.get(found.access_key_id, {}).get("IssuedAt", 0)
    return {
        "sessionIssuer": {
            "type": "Role",
            "principalId": role.get("RoleId", found.principal_id.partition(":")[0]),
            "arn": role.get("Arn", f"arn:aws:iam::{found.account_id}:role/{name}"),
            "accountId": found.account_id,
            "userName": name,
        },
        "attributes": {
            "creationDate": f"{datetime.fromtimestamp(issued, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "mfaAuthenticated": "false",
        },
    }
