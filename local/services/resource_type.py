"""What a local service says of a CloudFormation type that it handles."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Tagging:
    """The operations that change tags of a resource that exists."""

    add: str
    remove: str
    arn: str
    """Parameter of both that takes the ARN."""
    tags: str = "Tags"
    """Parameter of `add`."""
    keys: str = "TagKeys"
    """Parameter of `remove`."""


@dataclass(frozen=True)
class ResourceType:
    """Which operations create, read, update and delete a resource of a type.

    Properties go to parameters of the same name, whatever their case. Where a parameter is a text and the
    property none, it gets JSON; where it is a map, a list of tags becomes one. A change of a property that
    the type's schema lists as `createOnlyProperties` replaces the resource.
    """

    name: str
    """Such as `AWS::DMS::Endpoint`."""
    create: str
    delete: str
    identifier: str
    """Where the answer of `create`, or else its request, has what `Ref` gives, in JMESPath."""
    key: str
    """Parameter of the other operations that takes it."""
    update: str = ""
    """None if nothing but tags can be changed."""
    read: str = ""
    """Whose answer has the attributes; without it those of `create` and `update` have."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """Where that answer has what `Fn::GetAtt` gives, in JMESPath, by attribute."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Parameters by the properties that are named otherwise."""
    generated: str = ""
    """Property that gets a name of CloudFormation's making if a template has none."""
    tagging: Tagging | None = None
    arn: str = "{id}"
    """ARN for tagging, with `{id}`, `{account}` and `{region}`."""


class OwnType(ABC):
    """A type whose resources are more than a thing with an identifier, such as a grant.

    It makes the calls by itself, with a client of the service. A change of a property that the type's schema
    lists as `createOnlyProperties` creates another resource first and deletes the old one at the end.
    """

    name: ClassVar[str]
    """Such as `AWS::LakeFormation::Tag`."""

    @abstractmethod
    def create(self, client: Any, properties: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return what `Ref` gives, and what `Fn::GetAtt` gives by attribute."""

    @abstractmethod
    def delete(self, client: Any, properties: dict[str, Any]) -> None:
        """Delete a resource; nothing if it is gone."""

    def update(self, client: Any, old: dict[str, Any], new: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Change a resource in place.

        Raises:
            ValueError: The type changes by replacement alone.
        """
        raise ValueError(f"{self.name}: the API cannot change {', '.join(sorted({*old, *new}))}")
