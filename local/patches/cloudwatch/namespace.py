"""Policies may limit the namespace into which metrics are put.

ministack 1.5.33 does not know the condition key `cloudwatch:namespace`, the only way to narrow
PutMetricData, and so denies what AWS allows:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html

Proven by `tests/local/patches/cloudwatch/test_namespace.py`.
"""

import json
from typing import Any
from urllib.parse import parse_qs

import cbor2
from ministack.core import iam_actions

_ACTION = "cloudwatch:PutMetricData"
_KEY = "cloudwatch:namespace"
_original = iam_actions.request_tag_context


def apply() -> None:
    """Add the key to the context of PutMetricData."""
    iam_actions.request_tag_context = _context


def _context(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = _original(service, iam_action, body, params)
    if iam_action == _ACTION and (namespace := _namespace(body)):
        context = {**context, _KEY: namespace}
    return context


def _namespace(body: bytes) -> str:
    """Namespace of a request in any of the three protocols that SDKs speak: CBOR, JSON or a form."""
    if body[:1] == b"{":
        return str(json.loads(body).get("Namespace", ""))
    if b"Namespace=" in body:
        return parse_qs(body.decode()).get("Namespace", [""])[0]
    document = cbor2.loads(body)
    return str(document.get("Namespace", "")) if isinstance(document, dict) else ""
