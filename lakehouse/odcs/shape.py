"""The parts of a contract that the lake reads, as types of JSON that has passed the standard's schema."""

from typing import Required, TypedDict


class CustomProperty(TypedDict):
    """A key and value beyond the standard."""

    property: str
    value: object


class EnumValue(TypedDict):
    """One allowed value."""

    value: object


class Quality(TypedDict, total=False):
    """A quality rule; one of the operators is there, unless it is text."""

    id: str
    name: str
    description: str
    type: str
    metric: str
    arguments: dict[str, object]
    query: str
    unit: str
    severity: str
    mustBe: object
    mustNotBe: object
    mustBeGreaterThan: float
    mustBeGreaterOrEqualTo: float
    mustBeLessThan: float
    mustBeLessOrEqualTo: float
    mustBeBetween: list[float]
    mustNotBeBetween: list[float]


Relation = TypedDict("Relation", {"from": object, "to": object}, total=False)
"""A foreign key; on a column `from` is missing."""


class Role(TypedDict, total=False):
    """Who may do what."""

    role: Required[str]
    access: str
    customProperties: list[CustomProperty]


class Property(TypedDict, total=False):
    """A column, or part of a nested type."""

    name: Required[str]
    description: str
    logicalType: str
    physicalType: str
    physicalName: str
    logicalTypeOptions: dict[str, object]
    required: bool
    unique: bool
    primaryKey: bool
    primaryKeyPosition: int
    partitioned: bool
    partitionKeyPosition: int
    examples: list[object]
    relationships: list[Relation]
    encryptedName: str
    classification: str
    semanticType: str
    enum: list[EnumValue]
    quality: list[Quality]
    customProperties: list[CustomProperty]
    properties: list["Property"]
    items: "Property"
    map: dict[str, "Property"]


class SchemaObject(TypedDict, total=False):
    """A table."""

    name: Required[str]
    physicalName: str
    properties: list[Property]
    quality: list[Quality]
    relationships: list[Relation]
    customProperties: list[CustomProperty]


class ServiceLevel(TypedDict, total=False):
    """A promise about the data as a whole."""

    property: Required[str]
    value: object
    unit: str
    element: str


class Member(TypedDict, total=False):
    """One of a team."""

    username: Required[str]


class Team(TypedDict, total=False):
    """Who answers for the data."""

    name: str
    members: list[Member]


class Contract(TypedDict, total=False):
    """A whole document."""

    apiVersion: Required[str]
    id: Required[str]
    version: Required[str]
    name: str
    status: str
    domain: str
    description: dict[str, object]
    schema: list[SchemaObject]
    slaProperties: list[ServiceLevel]
    roles: list[Role]
    team: Team | list[Member]
    customProperties: list[CustomProperty]
