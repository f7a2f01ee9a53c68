"""Members of JSON objects that the contract does not name and that nobody keeps."""

from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from lakehouse_etl.contract.model import Dataset
from lakehouse_etl.judge.vectorised.json_values import PLAIN_NAME

_LOOKED_AT = 100
"""Objects that are asked for their names at a time."""

_MOST = 100
"""Names that are worth knowing; producers who write more write new ones all the time."""

_names = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class Ignored:
    """Learns which names objects have beside those of the contract, where such members are ignored."""

    def __init__(self, dataset: Dataset) -> None:
        """Take the dataset as its files have it."""
        routing = dataset.bronze.routing_member
        known = {each.source_name for each in dataset.fields}
        self.names: list[str] = [routing] if routing and routing not in known else []
        """Names that may be there."""
        # What differs by case alone from a name of the contract is not ignored.
        self._taken = {name.lower() for name in (*known, *self.names)}
        self._learns = dataset.unknown_fields == "ignore"

    def learn(self, doubtful: Iterable[bytes]) -> bool:
        """Take the names of some objects, and return whether any is new."""
        if not self._learns:
            return False
        before = len(self.names)
        for name in _names_in(islice(doubtful, _LOOKED_AT)):
            if self._is_new(name):
                self.names.append(name)
            if len(self.names) > _MOST:
                del self.names[before:]
                self._learns = False
                break
        return len(self.names) > before

    def _is_new(self, name: str) -> bool:
        return name not in self.names and name.lower() not in self._taken and bool(PLAIN_NAME.fullmatch(name))


def _names_in(lines: Iterable[bytes]) -> Iterator[str]:
    for line in lines:
        try:
            yield from _names(line)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            continue
