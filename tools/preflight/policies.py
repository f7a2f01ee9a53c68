"""The policy that decides on a request, if the templates have it."""

from collections.abc import Mapping

from tools.assembly.assembly import Assembly, Resource
from tools.assembly.policies import Document, Role, resource_policies
from tools.policies.evaluate import Identity, Request

_OF_THE_ACCOUNT = ":key/of-the-account"


class Policies:
    """Policies of resources, trust policies of roles, and those of keys that AWS keeps."""

    def __init__(self, assembly: Assembly, roles: Mapping[str, Role]) -> None:
        """Take the assembly, and its roles."""
        self._assembly = assembly
        self._roles = roles
        self._found = resource_policies(assembly)

    def of(self, arn: str) -> Document | None:
        """Return the policy of what has an ARN: of a role its trust, of an object its bucket's."""
        if arn in self._roles:
            return self._roles[arn].trust
        if ":alias/aws/" in arn or arn.endswith(_OF_THE_ACCOUNT):
            return _elsewhere(arn)
        return next((self._found[name].document for name in _names(arn) if name in self._found), None)

    def holders(self, arn: str) -> tuple[Resource, ...]:
        """Return the resources of the templates that hold the policy of an ARN."""
        return next((self._found[name].holders for name in _names(arn) if name in self._found), ())

    def decide_elsewhere(self, request: Request) -> bool:
        """Whether a policy that is not in the templates must allow a request, too.

        Of a service that asks for itself, this is that of a resource which is not in the templates; a
        resource that is there has no policy where none is found.
        """
        if not isinstance(request.caller, Identity):
            return not any(self._assembly.at(name) for name in _names(request.resource))
        owners = {_account(arn) for arn in (request.caller.arn, request.resource)} - {""}
        return request.action.startswith("kms:") or len(owners) > 1


def _names(arn: str) -> tuple[str, str, str]:
    """An ARN, that of an object's bucket, and that of a function without its version."""
    return arn, arn.partition("/")[0], ":".join(arn.split(":")[:7])


def _account(arn: str) -> str:
    return next(iter(arn.split(":")[4:5]), "")


def _elsewhere(key: str) -> Document:
    """The policy of a key that is not in the templates.

    One that leaves it to IAM; or one of AWS's own, which the account's principals use through the service
    that it is of, and nobody else does:
    https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-cmk
    """
    statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    if key.endswith(_OF_THE_ACCOUNT):
        return {"Statement": [{**statement, "Principal": {"AWS": _account(key)}}]}
    through = {"Null": {"kms:ViaService": "false", "kms:CallerAccount": "false"}}
    return {"Statement": [{**statement, "Principal": {"AWS": "*"}, "Condition": through}]}
