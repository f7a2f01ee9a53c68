"""What a local service says of a CloudFormation type that it handles."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
