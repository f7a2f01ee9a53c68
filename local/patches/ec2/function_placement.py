"""CloudFormation puts functions into the subnets that their templates name.

ministack 1.5.33 knows the property `VpcConfig` where a function is made by Lambda's API, and drops it where
CloudFormation makes or changes one.

Proven by `tests/local/patches/ec2/test_vpc_endpoints.py`, whose function is CloudFormation's.
"""

from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

_TYPE = "AWS::Lambda::Function"

_create = provisioners._lambda_create
_update = provisioners._lambda_update


def apply() -> None:
    """Complete how functions are made and changed."""
    provisioners._RESOURCE_HANDLERS[_TYPE].update({"create": _created, "update": _updated})


def _created(logical_id: str, properties: dict[str, Any], stack: str) -> Any:
    name, attributes = _create(logical_id, properties, stack)
    _place(name, properties)
    return name, attributes


def _updated(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any, **more: Any) -> Any:
    answer = _update(physical_id, old, new, *rest, **more)
    _place(answer[0], new)
    return answer


def _place(name: str, properties: dict[str, Any]) -> None:
    config = lambda_svc._functions[name]["config"]
    config["VpcConfig"] = lambda_svc._vpc_config_with_id(properties.get("VpcConfig"))
