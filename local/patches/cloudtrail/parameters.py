"""What was asked for, as CloudTrail writes it: names begin small, secrets and content are left out.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from local.patches.iam.calls import Call

Json = dict[str, Any]

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"

_SECRET = frozenset(
    {
        "authtoken", "ciphertextblob", "credentials", "data", "environment", "executionparameters", "input",
        "masterpassword", "masteruserpassword", "messagebody", "password", "payload", "plaintext",
        "querystring", "samlassertion", "secretaccesskey", "secretbinary", "secretstring", "sessiontoken",
        "templatebody", "value", "webidentitytoken", "zipfile",
    }
)  # fmt: skip
"""Names of what holds secrets, values of records, or code. Queries hold values that people look for."""

_LONGEST = 8192


def of_call(call: Call) -> Json:
    """The parameters of a request in a JSON or form body."""
    kind = call.headers.get("content-type", "")
    if call.body and ("json" in kind or call.body[:1] == b"{"):
        return _json(call.body)
    if "form" in kind or "Action" in call.query:
        form = parse_qs(call.body.decode(errors="replace"), keep_blank_values=True) or dict(call.query)
        given = {name: each[0] if isinstance(each, list) else each for name, each in form.items()}
        return clean({name: each for name, each in given.items() if name not in ("Action", "Version")})
    return {}


def clean(given: Mapping[str, Any]) -> Json:
    """Parameters with names as CloudTrail writes them, without secrets."""
    found: Json = {}
    for name, value in given.items():
        hidden = name.lower() in _SECRET or (isinstance(value, str) and len(value) > _LONGEST)
        found[name[:1].lower() + name[1:]] = HIDDEN if hidden else _clean(value)
    return found


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return clean(value)
    return [_clean(each) for each in value] if isinstance(value, list) else value


def _json(body: bytes) -> Json:
    try:
        given = json.loads(body)
    except ValueError:
        return {}
    return clean(given) if isinstance(given, dict) else {}
