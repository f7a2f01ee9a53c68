"""What a contract says about how records become rows: their key, their order, and how they are written."""

from collections.abc import Iterator

from lakehouse.compatibility.change import Change, Level, Scope
from lakehouse.layout.cdc import is_replica
from lakehouse.model.dataset import Dataset, Write

_OTHER_KEY = "rows that exist were told apart by the former key, so new versions of them do not fit"

_KEYS = {
    (True, False): "every record becomes a row, equal ones and versions of one another, too",
    (False, True): "rows that exist may have one key together, and of new records one of each key stays",
}
"""What changes where there was a key, or is one."""


def key(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    """Tell what follows from another key, or from none."""
    if set(old.key) == set(new.key):
        yield scope.change(Level.COMPATIBLE, old.key, new.key, "none: the same columns tell records apart")
    else:
        effect = _KEYS.get((bool(old.key), bool(new.key)), _OTHER_KEY)
        refused = is_replica(old) and is_replica(new)  # the table of deleted keys has the key's columns
        repair = "" if refused else scope.repair
        yield scope.change(Level.BREAKING, old.key, new.key, effect, refused=refused, repair=repair)


def order_by(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    """Tell what follows from another order of versions."""
    effect = f"another version of a key may win; rows that exist are those that won before, {scope.until}"
    yield scope.change(Level.BACKFILL, old.order_by, new.order_by, effect, repair=scope.repair)


_WRITES = {
    (Write.MERGE, Write.APPEND): "new versions of a record are dropped; the first one stays",
    (Write.OVERWRITE, Write.APPEND): "rows that exist stay for good, and new versions of them are dropped",
    (Write.OVERWRITE, Write.MERGE): "rows stay even if they no longer come, which removed them before",
    (Write.MERGE, Write.OVERWRITE): "the next run removes every row that it does not bring itself",
    (Write.APPEND, Write.OVERWRITE): "the next run removes every row that it does not bring itself",
}

_KEYLESS_WRITES = {
    **_WRITES,
    (Write.MERGE, Write.APPEND): "every record that comes is added to the rows that exist",
    (Write.OVERWRITE, Write.APPEND): "rows that exist stay for good, and every record that comes is added",
    (Write.APPEND, Write.MERGE): "the newest version of a key wins; rows that exist may have one together",
}
"""The same where one of the two has no key."""

_ELSEWHERE = "none on rows that exist: the table is in the other layer, where it begins empty"
"""What follows where only one of the two is a way to write in its layer."""

_REFRESHES = (Write.OVERWRITE, Write.OVERWRITE_PARTITIONS)


def write(scope: Scope, old: Dataset, new: Dataset) -> Iterator[Change]:
    """Tell what follows from another way of writing."""
    if old.write in _REFRESHES and new.write in _REFRESHES:
        effect = "none on data: the next run makes the whole table anew"
        yield scope.change(Level.COMPATIBLE, old.write, new.write, effect)
    elif not (old.key and new.key):
        effect, repair = _KEYLESS_WRITES.get((old.write, new.write), _ELSEWHERE), scope.repair
        yield scope.change(Level.BREAKING, old.write, new.write, effect, repair=repair)
    elif (old.write, new.write) == (Write.APPEND, Write.MERGE):
        effect = f"the newest version of a key wins; rows that exist are the first ones {scope.until}"
        yield scope.change(Level.BACKFILL, old.write, new.write, effect, repair=scope.repair)
    else:
        effect = _WRITES.get((old.write, new.write), _ELSEWHERE)
        yield scope.change(Level.BREAKING, old.write, new.write, effect)
