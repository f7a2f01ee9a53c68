"""LF-tags: keys with their values, what they are attached to, and which expressions match.

Keys and values are lower case. A table inherits the tags of its database, a column those of its table; the
lower level decides for each key.
https://docs.aws.amazon.com/lake-formation/latest/dg/TBAC-assigning-tags.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from local.services.lakeformation.model.errors import LakeFormationError, invalid, missing
from local.services.lakeformation.model.resources import Columns, Database, Table, Tag

Tagged = Database | Table | Columns
_EVERY_VALUE = "*"


@dataclass
class Tags:
    """The tags of a catalog."""

    keys: dict[str, frozenset[str]] = field(default_factory=dict)
    _attached: dict[Tagged, dict[str, str]] = field(default_factory=dict)
    """By database, table, or single column."""

    def create(self, key: str, values: Iterable[str]) -> None:
        """Make a key with its possible values.

        Raises:
            LakeFormationError: The key is there.
        """
        if key.lower() in self.keys:
            raise invalid("Tag key already exists")
        self.keys[key.lower()] = _lower(values)

    def update(self, key: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> None:
        """Change the possible values of a key.

        Raises:
            LakeFormationError: There is no such key or value, or a value that goes is attached.
        """
        known = self.values(key)
        gone = _lower(remove)
        if not gone <= known:
            raise missing("Tag or tag value does not exist.")
        used = {tags[key.lower()] for tags in self._attached.values() if key.lower() in tags}
        if gone & used:
            raise invalid("Update not allowed. Tag value is attached to a resource")
        self.keys[key.lower()] = known - gone | _lower(add)

    def delete(self, key: str) -> None:
        """Delete a key, also where it is attached; expressions with it match nothing from then on.

        https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_DeleteLFTag.html

        Raises:
            LakeFormationError: There is no such key.
        """
        self.values(key)
        del self.keys[key.lower()]
        for tags in self._attached.values():
            tags.pop(key.lower(), None)

    def values(self, key: str) -> frozenset[str]:
        """The possible values of a key.

        Raises:
            LakeFormationError: There is no such key.
        """
        if key.lower() not in self.keys:
            raise missing("Tag or tag value does not exist.")
        return self.keys[key.lower()]

    def attach(self, resource: Tagged, key: str, value: str) -> None:
        """Give a resource its one value of a key.

        Raises:
            LakeFormationError: There is no such key or value.
        """
        if value.lower() not in self.values(key):
            raise missing("Tag or tag value does not exist.")
        for each in _single(resource):
            self._attached.setdefault(each, {})[key.lower()] = value.lower()

    def detach(self, resource: Tagged, key: str, value: str) -> None:
        """Take a value from a resource.

        Raises:
            LakeFormationError: The resource itself does not have it.
        """
        parts = _single(resource)
        if any(self._attached.get(each, {}).get(key.lower()) != value.lower() for each in parts):
            raise LakeFormationError("EntityNotFoundException", "Tag is not associated with the resource.")
        for each in parts:
            del self._attached[each][key.lower()]

    def attached(self, resource: Tagged) -> Mapping[str, str]:
        """What was attached to a database, table or single column itself."""
        return dict(self._attached.get(resource, {}))

    def of(self, database: str, table: str = "", column: str = "") -> dict[str, str]:
        """The tags of a database, table or column, inherited ones included."""
        found = {**self.attached(Database(database))}
        if table:
            found |= self.attached(Table(database, table))
        if column:
            found |= self.attached(Columns(database, table, frozenset({column})))
        return found

    def tagged_columns(self, database: str, table: str) -> list[str]:
        """Columns of a table that have tags of their own."""
        found = (each for each, tags in self._attached.items() if tags and isinstance(each, Columns))
        own = [each for each in found if (each.database, each.table) == (database, table)]
        return sorted(name for each in own for name in each.names)

    def forget(self, database: str, table: str = "") -> None:
        """Drop what was attached to a database and its tables, or to a table, and to columns."""
        self._attached = {
            each: tags for each, tags in self._attached.items() if not _within(each, database, table)
        }


def matches(expression: Iterable[Tag], tags: Mapping[str, str]) -> bool:
    """Whether tags match an expression: each of its keys, by any of the key's values.

    https://docs.aws.amazon.com/lake-formation/latest/dg/lf-tag-considerations.html
    """
    return all(
        each.key in tags and (tags[each.key] in each.values or _EVERY_VALUE in each.values)
        for each in expression
    )


def _lower(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value.lower() for value in values)


def _single(resource: Tagged) -> list[Tagged]:
    if isinstance(resource, Columns):
        return [Columns(resource.database, resource.table, frozenset({name})) for name in resource.names]
    return [resource]


def _within(resource: Tagged, database: str, table: str) -> bool:
    if isinstance(resource, Database):
        return resource.name == database and not table
    name = resource.name if isinstance(resource, Table) else resource.table
    return resource.database == database and table in ("", name)
