"""What is changed in a deployed template so that CloudFormation deletes what it says to keep."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from config.naming import OUTLIVES

RELEASED = "lake:released"
"""Metadata that a resource gets beside its new policy.

CloudFormation ignored a policy that changed alone; a change of metadata beside it has it taken:
https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1543
https://github.com/aws/aws-cdk/issues/11521
"""

_DENIAL = "NobodyDeletes"
"""Statement of a bucket's policy by which nobody deletes what is in it."""

Json = dict[str, Any]


def released(template: Mapping[str, Any]) -> Json:
    """Return the template with nothing kept but what outlives its environment; it may be equal."""
    changed: Json = copy.deepcopy(dict(template))
    for resource in changed["Resources"].values():
        if OUTLIVES not in resource.get("Metadata", {}):
            _release(resource)
    return changed


def spared(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield logical id and reason of each resource that outlives its environment."""
    for name, resource in template["Resources"].items():
        if reason := resource.get("Metadata", {}).get(OUTLIVES):
            yield name, str(reason)


def _release(resource: Json) -> None:
    if resource.get("DeletionPolicy", "Delete") != "Delete":
        resource["DeletionPolicy"] = resource["UpdateReplacePolicy"] = "Delete"
        resource["Metadata"] = {**resource.get("Metadata", {}), RELEASED: "true"}
    if resource["Type"] == "AWS::S3::BucketPolicy":
        document = resource["Properties"]["PolicyDocument"]
        document["Statement"] = [one for one in document["Statement"] if one.get("Sid") != _DENIAL]
    if resource["Type"] == "AWS::Athena::WorkGroup":
        resource["Properties"]["RecursiveDeleteOption"] = True
