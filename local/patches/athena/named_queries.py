"""CloudFormation saves queries in Athena's work groups.

ministack 1.5.33 has the API of saved queries and no CloudFormation type. All properties are fixed, so a
change makes another query:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-athena-namedquery.html

Proven by `tests/local/patches/athena/test_named_queries.py`.
"""

import json
from typing import Any

from ministack.services import athena
from ministack.services.cloudformation import provisioners

Json = dict[str, Any]


def apply() -> None:
    """Add the type."""
    provisioners._RESOURCE_HANDLERS["AWS::Athena::NamedQuery"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }


def _create(logical_id: str, props: Json, stack: str) -> tuple[str, Json]:
    athena._ensure_default_workgroup()
    group = props.get("WorkGroup", "primary")
    if group not in athena._workgroups:
        raise ValueError(f"WorkGroup {group} is not found.")
    _, _, body = athena._create_named_query(props)
    made = json.loads(body)["NamedQueryId"]
    return made, {"NamedQueryId": made}


def _update(physical_id: str, old: Json, new: Json, stack: str) -> tuple[str, Json]:
    if old == new:
        return physical_id, {"NamedQueryId": physical_id}
    made = _create("", new, stack)
    _delete(physical_id, old)
    return made


def _delete(physical_id: str, props: Json) -> None:
    athena._delete_named_query({"NamedQueryId": physical_id})
