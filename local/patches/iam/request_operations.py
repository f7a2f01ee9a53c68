"""IAM is asked about the operation that a request performs, whatever else the request says.

ministack 1.5.33 takes the action from a parameter `Action`, then from the header `X-Amz-Target`, whichever
service is asked. The service itself looks elsewhere: `GET /bucket/key?Action=ListAllMyBuckets` reads the
object and is authorized as the listing. A request without an action that it knows, or to a service without an
IAM namespace, passes with any valid signature. Here the action comes from where the service's protocol has
it: from method and path for REST, from the target for JSON, from `Action` for a form. A request that names
two operations, or has parameters in two places, and one for which no action is known, is asked as
`unrecognized:…`, which policies allow by `*` alone.

Proven by `tests/local/patches/iam/test_request_operations.py`.
"""

import re
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_actions
from ministack.core.router import SERVICE_PATTERNS

UNRECOGNIZED = "unrecognized:"
"""Prefix of the action of a request that names no single known operation."""

Json = dict[str, Any]

NAMESPACES = {"documentdb": "rds", "kinesisanalyticsv2": "kinesisanalytics", "s3files": "s3files"}
"""IAM's prefix of services that ministack lacks or has wrong:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"""

MODELS = {
    **{name: [name] for name in ("account", "lambda", "lambda-core", "lambda-microvms", "s3files")},
    "bedrock-agentcore": ["bedrock-agentcore", "bedrock-agentcore-control"],
}
"""Botocore's models that name the operations of REST services without a table in ministack."""

FORMS = {"sqs", "documentdb", *iam_actions._QUERY_XML_NS, "ec2"}
"""Services whose operations may come as a form."""

_REST = {*iam_actions._BOTOCORE_SERVICE_MAP, *MODELS, "s3", "imds", "ecs-metadata"} - {"ses"}
_ELSEWHERE = {"eks": "/oidc/", "appsync-events": "/event"}
"""Paths that are no IAM action on AWS: public keys, and events under the API's own authorization."""

_action = iam_actions.extract_iam_action


def apply() -> None:
    """Complete the tables of services, and decide on the action before ministack guesses it."""
    iam_actions.SERVICE_TO_IAM_NAMESPACE.update(NAMESPACES)
    iam_actions._BOTOCORE_SERVICE_MAP.update(MODELS)
    iam_actions._SERVICE_PROTOCOL["documentdb"] = "query-xml"
    iam_actions.extract_iam_action = _extract_action


def _extract_action(service: str, method: str, path: str, *request: Any) -> str | None:
    headers, body, query = request
    if path.startswith(_ELSEWHERE.get(service, "\n")):
        return None
    if is_rest(service, path):
        bare = {name: value for name, value in query.items() if name != "Action"}
        plain = {name: value for name, value in headers.items() if name != "x-amz-target"}
        found = _action(service, method, path, {**plain, "content-type": ""}, b"", bare)
    else:
        operation = _operation(service, path, headers, body, query)
        namespace = iam_actions.SERVICE_TO_IAM_NAMESPACE.get(service)
        found = f"{namespace}:{operation}" if namespace and operation else None
    return found or f"{UNRECOGNIZED}{service} {method} {path}"


def is_rest(service: str, path: str) -> bool:
    """Whether method and path name the operation; of SES, only the second version is so."""
    return service in _REST or (service == "ses" and path.startswith("/v2/"))


def _operation(service: str, path: str, headers: dict[str, str], body: bytes, query: Json) -> str | None:
    """The one operation that a JSON, CBOR or form request names."""
    target = headers.get("x-amz-target", "")
    rpc = re.fullmatch(r"/service/\w+/operation/(\w+)", path) if service == "monitoring" else None
    if target:
        return None if "Action" in query else _of_target(service, target)
    if rpc:
        return None if "Action" in query else rpc[1]
    return _of_form(headers, body, query) if service in FORMS else None


def _of_target(service: str, target: str) -> str | None:
    prefixes = SERVICE_PATTERNS.get(service, {}).get("target_prefixes", [])
    known = any(target.startswith(prefix) for prefix in prefixes)
    return target.rpartition(".")[2] if known and re.fullmatch(r"[\w.]+\.\w+", target) else None


def _of_form(headers: dict[str, str], body: bytes, query: Json) -> str | None:
    """The action of parameters that stand once, and all in the query string or all in a form in the body."""
    if body:
        form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        kind = headers.get("content-type", "")
        if form != query or not kind.startswith("application/x-www-form-urlencoded"):
            return None
    if any(isinstance(value, list) and len(value) != 1 for value in query.values()):
        return None
    action = query.get("Action", "")
    return str(action[0] if isinstance(action, list) else action) or None
