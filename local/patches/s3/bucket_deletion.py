"""A stack deletes a bucket only when it is empty.

ministack 1.5.33 deletes a bucket of a stack with all that is in it, and leaves settings of it to the next one
of that name. On AWS a bucket that holds anything makes the deletion of its stack fail:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html

Proven by `tests/local/patches/s3/test_bucket_deletion.py`.
"""

from http import HTTPStatus
from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners

_TYPE = "AWS::S3::Bucket"


def apply() -> None:
    """Have S3 itself delete buckets of stacks."""
    provisioners._RESOURCE_HANDLERS[_TYPE] = {**provisioners._RESOURCE_HANDLERS[_TYPE], "delete": _delete}


def _delete(physical_id: str, props: dict[str, Any]) -> None:
    status, _, body = s3._delete_bucket(physical_id)
    if status >= HTTPStatus.BAD_REQUEST and status != HTTPStatus.NOT_FOUND:
        raise RuntimeError(f"{physical_id}: {body.decode(errors='replace')}")
