"""Roles of a deployed lake with less than they need."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from local.emulator.launcher import EmbeddedAws


@contextmanager
def without(aws: EmbeddedAws, role_part: str, action: str) -> Iterator[str]:
    """Take one action out of a role's policy for the duration of the block, and yield the role's name."""
    iam = aws.client("iam")
    pages = iam.get_paginator("list_roles").paginate()
    [role] = [one["RoleName"] for page in pages for one in page["Roles"] if role_part in one["RoleName"]]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    reduced = json.loads(json.dumps(document))
    for statement in reduced["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        statement["Action"] = [name for name in actions if name != action]
    reduced["Statement"] = [statement for statement in reduced["Statement"] if statement["Action"]]
    assert reduced != document, f"{role} has no {action}"
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(reduced))
    try:
        yield role
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))
