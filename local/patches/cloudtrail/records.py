"""Records of CloudTrail, made of requests and of what services did.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import json
import re
import uuid
from datetime import UTC, datetime
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import request_scope
from ministack.core.router import detect_service, extract_access_key_id, extract_region

from local.patches.cloudtrail import identity, parameters, s3_calls
from local.patches.iam.calls import Call, Deed
from local.patches.iam.request_operations import UNRECOGNIZED

Json = dict[str, Any]

_GLOBAL = frozenset({"iam", "sts", "cloudfront", "route53", "organizations"})
"""Services whose events are those of us-east-1; STS by its global address, which is all that there is here.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html
"""
_SOURCES = {"cloudwatch": "monitoring"}
_NAMES = {"execute-api": ""}
_DATA = {
    "cloudwatch": ("PutMetricData", "GetMetric"),
    "dynamodb": ("Batch", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "Transact", "UpdateItem"),
    "events": ("PutEvents",),
    "firehose": ("PutRecord",),
    "kinesis": ("GetRecords", "GetShardIterator", "PutRecord", "SubscribeToShard"),
    "lambda": ("Invoke",),
    "logs": ("FilterLogEvents", "GetLogEvents", "PutLogEvents"),
    "sns": ("Publish",),
    "sqs": ("ChangeMessageVisibility", "DeleteMessage", "ReceiveMessage", "SendMessage"),
}
"""Beginnings of operations on data, which no selector here selects:
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html"""

_READS = ("Get", "List", "Describe", "Head", "BatchGet", "Lookup", "Search", "Decrypt", "Query")


def record(of: Call | Deed) -> Json | None:
    """The record of a request or a deed; None for what CloudTrail does not know."""
    return _of_deed(of) if isinstance(of, Deed) else _of_call(of)


def _of_deed(deed: Deed) -> Json:
    with request_scope(deed.account, deed.region):
        who = (
            identity.of_key(deed.access_key, deed.account, deed.service)
            if deed.access_key
            else identity.of_service(deed.service)
        )
    found = _common(deed, who, deed.source.partition(".")[0], deed.name, deed.region)
    found |= {
        "eventSource": deed.source,
        "sourceIPAddress": deed.service,
        "userAgent": deed.service,
        "requestParameters": dict(deed.parameters),
        "additionalEventData": dict(deed.additional) or None,
        "requestID": str(uuid.uuid4()),
        "resources": _resources(deed.resources, deed.account),
    }
    if deed.error:
        found["errorCode"], found["errorMessage"] = deed.error
    return found


def _of_call(call: Call) -> Json | None:
    headers = dict(call.headers)
    query = app._routing_params(call.method, call.path, headers, call.body, dict(call.query))
    service = detect_service(call.method, call.path, headers, query)
    region = extract_region(headers, query)
    source, name = _operation(call, service)
    if not name:
        return None
    key = extract_access_key_id(headers, query)
    with request_scope(call.account, region):
        who = identity.of_key(key, call.account)
    found = _common(call, who, source, name, region)
    of_s3 = service == "s3"
    asked = s3_calls.parameters(call) if of_s3 else parameters.of_call(call)
    found |= {
        "sourceIPAddress": "127.0.0.1",
        "userAgent": f"[{call.headers.get('user-agent', '')}]",
        "requestParameters": asked or None,
        "requestID": call.request_id,
        "resources": _resources(s3_calls.resources(call) if of_s3 else _named(asked), call.account),
    }
    if of_s3 and s3_calls.is_data(call):
        found |= {"managementEvent": False, "eventCategory": "Data"}
    if call.status >= 400:  # noqa: PLR2004 (of HTTP)
        found["errorCode"], found["errorMessage"] = _error(call)
    return found


def _common(of: Call | Deed, who: Json, service: str, name: str, region: str) -> Json:
    data = name.startswith(_DATA.get(service, ("\n",)))
    return {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": f"{datetime.fromtimestamp(of.at, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": f"{_SOURCES.get(service, service)}.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1" if service in _GLOBAL else region,
        "responseElements": None,
        "eventID": str(uuid.uuid4()),
        "readOnly": name.startswith(_READS),
        "eventType": "AwsApiCall",
        "managementEvent": not data,
        "recipientAccountId": of.account,
        "eventCategory": "Data" if data else "Management",
    }


def _operation(call: Call, service: str) -> tuple[str, str]:
    """IAM's prefix of the service, and the operation; nothing if it is none of an API."""
    if service == "s3":
        return service, s3_calls.name(call)
    headers = dict(call.headers)
    query = app._routing_params(call.method, call.path, headers, call.body, dict(call.query))
    action = iam_actions.extract_iam_action(service, call.method, call.path, headers, call.body, query) or ""
    namespace, _, name = action.partition(":")
    if not name or action.startswith(UNRECOGNIZED):
        # A local service: the operation is the header's, or the path's.
        target = call.headers.get("x-amz-target", "").rpartition(".")[2]
        namespace = str(iam_actions.SERVICE_TO_IAM_NAMESPACE.get(service, service))
        name = target or call.path.strip("/").rpartition("/")[2]
    return namespace, _NAMES.get(namespace, name if re.fullmatch(r"[A-Z]\w+", name) else "")


def _named(asked: Json) -> list[tuple[str, str]]:
    """Resources of events that questions look for: the role that is assumed."""
    role = asked.get("roleArn", "")
    return [("AWS::IAM::Role", role)] if role else []


def _resources(found: Any, account: str) -> list[Json]:
    return [{"ARN": arn, "accountId": account, "type": kind} for kind, arn in found]


def _error(call: Call) -> tuple[str, str]:
    """Code and message of an answer, in JSON or XML."""
    text = call.said.decode(errors="replace")
    try:
        said = json.loads(text)
    except ValueError:
        said = {}
    if isinstance(said, dict) and said:
        code = str(said.get("__type") or said.get("code") or said.get("Code") or "")
        message = str(said.get("message") or said.get("Message") or "")
    else:
        code, message = _tag("Code", text), _tag("Message", text)
    told = {name.lower(): value for name, value in call.answer.items()}
    code = code or told.get("x-amzn-errortype", "") or str(call.status)
    return code.rpartition("#")[2].partition(":")[0], message


def _tag(name: str, text: str) -> str:
    found = re.search(f"<{name}>(.*?)</{name}>", text, re.DOTALL)
    return found[1] if found else ""
