"""`Ref` of a secret is its ARN.

ministack 1.5.33 answers with the secret's name, so that a policy which refers to a secret names nothing and
denies what AWS allows:
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html

Proven by `tests/local/patches/secretsmanager/test_reference.py`.
"""

from typing import Any

from ministack.services import secretsmanager
from ministack.services.cloudformation import provisioners

_TYPE = "AWS::SecretsManager::Secret"
_Physical = tuple[str, dict[str, Any]]


def apply() -> None:
    """Use the ARN as physical id, and hand the name to the emulator's own handlers."""
    original = dict(provisioners._RESOURCE_HANDLERS[_TYPE])

    def create(logical_id: str, props: dict[str, Any], stack: str) -> _Physical:
        return _by_arn(original["create"](logical_id, props, stack))

    def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any) -> _Physical:
        return _by_arn(original["update"](_name(physical_id), old, new, *rest))

    def delete(physical_id: str, props: dict[str, Any]) -> None:
        original["delete"](_name(physical_id), props)

    provisioners._RESOURCE_HANDLERS[_TYPE] = {
        **original,
        "create": create,
        "update": update,
        "delete": delete,
    }


def _by_arn(answer: _Physical) -> _Physical:
    return answer[1]["Arn"], answer[1]


def _name(arn: str) -> str:
    name, _ = secretsmanager._resolve(arn)
    return str(name or arn)
