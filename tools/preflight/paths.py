"""The paths of the table: how a row names values in templates.

`Target.RoleARN` is a property of the resource; a list on the way stands for each of its members, and a text
of JSON for what it holds. `item` is the thing of `each`; `self.arn`, `self.name`, `account`, `region` and
`partition` are known everywhere; rows about grants know `granted.resource`, `granted.action` and
`granted.trusted`, the services that the role trusts. A function follows after `|`. A path has any number of
values, none among them.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from tools.assembly.assembly import Assembly, Resource

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class Paths:
    """Values of paths in one assembly."""

    def __init__(self, assembly: Assembly) -> None:
        """Take the assembly that functions look things up in."""
        self._assembly = assembly
        partition = assembly.stacks[0].partition if assembly.stacks else "aws"
        self._s3 = f"arn:{partition}:s3:::"
        self._functions: Mapping[str, Callable[[Any, str], Iterable[Any]]] = {
            "arn": self._arn,
            "at": self._at,
            "before": lambda value, mark: [str(value).partition(mark)[0]],
            "bucket": lambda value, _: self._bucket(str(value)),
            "context": lambda value, _: self._context(str(value)),
            "get": lambda value, path: _walk([value], path),
            "group": lambda value, _: [str(value).removesuffix(":*")],
            "key": lambda value, _: self._key(str(value)),
            "mentions": self._mentions,
            "parent": lambda value, _: [re.sub(r":table/([^/]*)/.*", r":database/\1", str(value))],
            "object": lambda value, _: self._object(str(value)),
            "tasks": lambda value, _: _tasks(value),
            "unqualified": lambda value, _: [":".join(str(value).split(":")[:7])],
        }

    def values(self, path: str, scope: Mapping[str, Any]) -> list[Any]:
        """Return the values of a path."""
        start, *functions = path.split(" | ")
        found = _walk([scope], start)
        for each in functions:
            name, _, argument = each.partition(" ")
            found = [new for value in found for new in self._functions[name](value, argument)]
        return found

    def texts(self, form: str, scope: Mapping[str, Any]) -> list[str]:
        """Return a text with its `{path}` put in, once for each combination of their values."""
        paths = _PLACEHOLDER.findall(form)
        choices = [list(dict.fromkeys(map(str, self.values(path, scope)))) for path in paths]
        parts = _PLACEHOLDER.split(form)[::2]
        return [
            parts[0] + "".join(f"{value}{part}" for value, part in zip(values, parts[1:], strict=True))
            for values in product(*choices)
        ]

    def _arn(self, value: Any, kind: str) -> Iterator[str]:
        found = self._assembly.named(kind, str(value))
        if found:
            yield found.arn

    def _at(self, value: Any, kind: str) -> Iterator[Mapping[str, Any]]:
        """The properties of a resource that is named by its ARN or its name."""
        found = self._assembly.at(_whole(str(value)))
        if found is None or found.kind != kind:
            found = self._assembly.named(kind, str(value))
        if found is not None:
            yield {**found.properties, "self": {"arn": found.arn, "name": found.name}}

    def _bucket(self, value: str) -> list[str]:
        """ARN of the bucket of an object, a prefix or a location."""
        if value.startswith("s3://"):
            return [f"{self._s3}{value.removeprefix('s3://').partition('/')[0]}"]
        return [value.partition("/")[0]] if ":s3:::" in value else []

    def _object(self, value: str) -> list[str]:
        return [f"{self._s3}{value.removeprefix('s3://')}"] if value.startswith("s3://") else []

    def _key(self, arn: str) -> Iterator[str]:
        """ARN of the customer's key that a resource is encrypted with, or that a name of a key means."""
        found = self._assembly.at(_whole(arn))
        given = str(next(iter(_walk([found.properties], _KEYS.get(found.kind, ""))), "")) if found else ""
        if found and given:
            yield self._key_arn(given, found)

    def _key_arn(self, given: str, user: Resource) -> str:
        if given.startswith("alias/"):
            alias = self._assembly.named("AWS::KMS::Alias", given)
            given = str(alias.properties["TargetKeyId"]) if alias else given
        if given.startswith("arn:"):
            return given
        place = f"arn:{user.stack.partition}:kms:{user.stack.region}:{user.stack.account}"
        return f"{place}:{given}" if given.startswith("alias/") else f"{place}:key/{given}"

    def _context(self, arn: str) -> Iterator[str]:
        """What S3 sends as the encryption context of an object: its bucket where that has a bucket key.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
        """
        bucket = self._assembly.at(arn.partition("/")[0])
        path = "BucketEncryption.ServerSideEncryptionConfiguration.BucketKeyEnabled"
        shared = bucket is not None and True in _walk([bucket.properties], path)
        yield arn.partition("/")[0] if shared else arn

    def _mentions(self, value: Any, kind: str) -> Iterator[str]:
        """ARNs of the resources of a type whose name stands in a text."""
        text = json.dumps(value)
        yield from (
            each.arn for each in self._assembly.of(kind) if f'"{each.name}"' in text.replace("\\", "")
        )


_KEYS = {
    "AWS::KinesisFirehose::DeliveryStream": "DeliveryStreamEncryptionConfigurationInput.KeyARN",
    "AWS::Kinesis::Stream": "StreamEncryption.KeyId",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::S3::Bucket": (
        "BucketEncryption.ServerSideEncryptionConfiguration.ServerSideEncryptionByDefault.KMSMasterKeyID"
    ),
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SecretsManager::Secret": "KmsKeyId",
}
"""Where the key of a resource stands."""


def _whole(arn: str) -> str:
    """The ARN of what has a policy and a key: of an object its bucket."""
    return arn.partition("/")[0] if ":s3:::" in arn else arn


def _walk(start: list[Any], path: str) -> list[Any]:
    found = start
    for name in path.split(".") if path else ["?"]:
        found = [inner for value in found for inner in _flat(_opened(value)) if isinstance(inner, Mapping)]
        found = [inner for value in found if name in value for inner in _flat(value[name])]
    return [value for value in found if value is not None]


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for each in value:
            yield from _flat(each)
    else:
        yield value


def _opened(value: Any) -> Any:
    """What a text of JSON holds; anything else as it is."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _tasks(definition: Any) -> Iterator[Mapping[str, Any]]:
    """Every state of a state machine that asks another service, those inside of maps included."""
    inner = _opened(definition)
    if isinstance(inner, Mapping):
        if inner.get("Type") == "Task":
            yield {**inner, "Given": inner.get("Arguments") or inner.get("Parameters") or {}}
        for value in inner.values():
            yield from _tasks(value)
    elif isinstance(inner, list):
        for value in inner:
            yield from _tasks(value)
