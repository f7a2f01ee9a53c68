"""AWS Lake Formation in the emulator: its API and CloudFormation types.

What it decides is enforced where requests are answered: `glue` holds back what callers may not see of the
catalog, `athena` their cells.
"""

from typing import ClassVar

from local.patches.athena.catalog import governance as athena_governance
from local.patches.glue import governance as glue_governance
from local.services.lakeformation.api.filters import FilterOperations
from local.services.lakeformation.api.grants import GrantOperations
from local.services.lakeformation.api.settings import SettingsOperations
from local.services.lakeformation.api.tags import TagOperations
from local.services.lakeformation.athena import QueryGuard
from local.services.lakeformation.catalog import Guard
from local.services.lakeformation.resource_types import TYPES


class LakeFormation(SettingsOperations, TagOperations, FilterOperations, GrantOperations):
    """AWS Lake Formation, without transactions, query planning, saved expressions and Identity Center."""

    resource_types: ClassVar = TYPES

    def start(self) -> None:
        """Enforce from now on what is granted."""
        glue_governance.govern(Guard(self._place))
        athena_governance.govern(QueryGuard(self._place))
