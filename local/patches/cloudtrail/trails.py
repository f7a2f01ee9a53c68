"""CloudFormation makes trails, which write gzipped files of what was asked into their buckets.

ministack 1.5.33 has the API of trails and a memory of events, no CloudFormation type, and writes nothing.
Here a trail is made by template, if the policies of its bucket and of its key let it write as it does on AWS,
and files with what its selectors take come every few seconds.

- https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
- https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
- https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html

Proven by `tests/local/patches/cloudtrail`. Not emulated: digests, insights, delivery to CloudWatch and SNS,
organizations, what answers contain (`responseElements`), versions in names of Lambda's events.
"""

import json
from typing import Any

from ministack.services import cloudtrail
from ministack.services.cloudformation import provisioners

from local.patches.cloudtrail import delivery

Json = dict[str, Any]

_TYPE = "AWS::CloudTrail::Trail"
_RENAMED = {"TrailName": "Name", "KMSKeyId": "KmsKeyId"}
_HERE = ("S3BucketName", "S3KeyPrefix", "IncludeGlobalServiceEvents", "IsMultiRegionTrail", "TrailName",
         "EnableLogFileValidation", "KMSKeyId")  # fmt: skip


def apply() -> None:
    """Add the type, and write."""
    provisioners._RESOURCE_HANDLERS[_TYPE] = {
        "create": _create,
        "update": _update,
        "update_with_logical_id": True,
        "delete": _delete,
    }
    delivery.listen()


def _create(logical_id: str, props: Json, stack: str) -> tuple[str, Json]:
    named = {**props, "TrailName": props.get("TrailName") or provisioners._physical_name(stack, logical_id)}
    _check(named)
    _done(cloudtrail._create_trail(_request(named)))
    return _configured(named)


def _update(physical_id: str, old: Json, new: Json, stack: str, logical_id: str) -> tuple[str, Json]:
    name = new.get("TrailName") or physical_id
    if name != physical_id:
        return _create(logical_id, new, stack)
    named = {**new, "TrailName": name}
    _check(named)
    _done(cloudtrail._update_trail(_request(named)))
    return _configured(named)


def _delete(physical_id: str, props: Json) -> None:
    cloudtrail._delete_trail({"Name": physical_id})


def _request(props: Json) -> Json:
    return {_RENAMED.get(name, name): props[name] for name in _HERE if name in props}


def _configured(props: Json) -> tuple[str, Json]:
    name = props["TrailName"]
    if selectors := props.get("AdvancedEventSelectors"):
        chosen = {"TrailName": name, "AdvancedEventSelectors": selectors}
        _done(cloudtrail._put_event_selectors(chosen))
    switch = cloudtrail._start_logging if props["IsLogging"] in (True, "true") else cloudtrail._stop_logging
    _done(switch({"Name": name}))
    return name, {"Arn": cloudtrail._trails[name]["TrailARN"]}


def _check(props: Json) -> None:
    """Refuse a trail that could not write, as CreateTrail does."""
    if refused := delivery.refusal(
        cloudtrail._trail_arn(props["TrailName"]),
        props["S3BucketName"],
        props.get("S3KeyPrefix", ""),
        props.get("KMSKeyId", ""),
    ):
        raise ValueError(refused)


def _done(answer: Any) -> None:
    status, _, body = answer
    if status >= 400:  # noqa: PLR2004 (of HTTP)
        said = json.loads(body)
        raise ValueError(f"{said['__type']}: {said['message']}")
