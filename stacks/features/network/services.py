"""Which endpoints the actions of a role need."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from config.document import read
from config.faults import InvalidInputError
from config.section import Section
from config.validation import validate

_FILE = Path(__file__).with_name("endpoints.yaml")


class Services(Section):
    """By which endpoint each service is reached, by the prefix of its actions; see `endpoints.yaml`."""

    gateway: dict[str, str]
    interface: dict[str, str]
    no_endpoint: dict[str, str]
    others_ask: dict[str, str]
    service_asks: dict[str, tuple[str, ...]]

    def asked(self, actions: Iterable[str], service: str) -> set[str]:
        """Return the actions that code asks for by itself, of those of a role that a service assumes."""
        elsewhere = self.service_asks.get(service, ())
        return {each for each in actions if each not in elsewhere and _prefix(each) not in self.others_ask}

    def by_prefix(self, actions: Iterable[str]) -> Mapping[str, list[str]]:
        """Return actions by the prefix of their service, sorted.

        Raises:
            ValueError: A service has no endpoint, so what asks for it inside would wait until it fails.
        """
        found: dict[str, list[str]] = {}
        for action in sorted(actions):
            found.setdefault(_prefix(action), []).append(action)
        if strange := found.keys() - self.gateway.keys() - self.interface.keys():
            asked = ", ".join(
                f"{action} ({self.no_endpoint.get(each, 'unknown')})"
                for each in sorted(strange)
                for action in found[each]
            )
            raise ValueError(
                f"got {asked} of a role that runs inside; allowed: services of {_FILE.name}: "
                f"{', '.join(sorted({*self.gateway, *self.interface}))}; fix: name the endpoint there if AWS "
                "has one, or let something outside of the network do it"
            )
        return found


def _prefix(action: str) -> str:
    return action.partition(":")[0]


@cache
def services() -> Services:
    """Return what the file says.

    Raises:
        InvalidInputError: It has faults.
    """
    document = read(_FILE, _FILE.parent)
    found, faults = validate(Services, document.data, document)
    if found is None or faults:
        raise InvalidInputError(faults)
    return found
