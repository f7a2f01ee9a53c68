"""How features bring records on the laptop."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec

from lakehouse.model.dataset import Dataset
from local.lake.lake import LocalLake
from stacks.features.registry import switched_on


class LocalFeature:
    """Does nothing, where a feature does not say otherwise."""

    def bring(self, lake: LocalLake, dataset: Dataset, records: Sequence[bytes]) -> list[bytes]:
        """Send records of a dataset that names the feature, and return those that go the plain way instead.

        Raises:
            LakeError: The feature did what it must not.
        """
        return list(records)

    def addresses(self, lake: LocalLake) -> dict[str, str]:
        """Return what a person may open in a browser, by what it is called."""
        return {}


def local_features(lake: LocalLake) -> Mapping[str, LocalFeature]:
    """Return what those features do that are on and say something of it in `local.features`, by name."""
    names = [name for name in switched_on(lake.settings.features) if find_spec(f"local.features.{name}")]
    found = {name: getattr(import_module(f"local.features.{name}"), "FEATURE", None) for name in names}
    return {name: feature for name, feature in found.items() if feature is not None}
