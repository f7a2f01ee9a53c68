"""Data cells filters."""

from ministack.core.responses import get_account_id

from local.services.lakeformation import lake
from local.services.lakeformation.api.base import Base, Json, answers, page
from local.services.lakeformation.model import filters, resources
from local.services.lakeformation.model.errors import existing, invalid, lacking, missing
from local.services.lakeformation.model.filters import CellsFilter
from local.services.lakeformation.model.resources import Columns, Filter
from local.services.service import Request


class FilterOperations(Base):
    """`*DataCellsFilter`."""

    @answers()
    def create_data_cells_filter(self, request: Request) -> Json:
        """Make a filter; who makes it must be able to grant SELECT on the whole table."""
        key, made = self._read_filter(request["TableData"])
        if key in self.lake.filters:
            raise existing(f"Data cells filter already exists: {key.name}")
        self.state.filters[key] = made
        return {}

    @answers()
    def update_data_cells_filter(self, request: Request) -> Json:
        """Replace what a filter shows."""
        key, made = self._read_filter(request["TableData"])
        self._existing(key)
        self.state.filters[key] = made
        return {}

    @answers()
    def get_data_cells_filter(self, request: Request) -> Json:
        """Return a filter."""
        key = _key(request)
        self._may_use(key, "DESCRIBE")
        return {"DataCellsFilter": _shape(key, self._existing(key))}

    @answers()
    def list_data_cells_filter(self, request: Request) -> Json:
        """List filters, of one table if the request names it."""
        table = resources.parse({"Table": request["Table"]}) if "Table" in request else None
        found = [
            _shape(key, each)
            for key, each in self.lake.filters.items()
            if table is None or table == resources.Table(key.database, key.table)
        ]
        return page("DataCellsFilters", found if self._sees_all() else [], request)

    @answers()
    def delete_data_cells_filter(self, request: Request) -> Json:
        """Delete a filter, and the grants on it."""
        key = _key(request)
        self._may_use(key, "DROP")
        self._existing(key)
        del self.state.filters[key]
        self.state.grants.forget([key])
        return {}

    def _read_filter(self, data: Json) -> tuple[Filter, CellsFilter]:
        key = _key(data)
        table = lake.require_table(key.database, key.table)
        self._may_make(key, table)
        types = lake.columns(table)
        keys = [each["Name"].lower() for each in lake.partition_keys(table)]
        _, made = filters.parse(data)
        lake.require(Columns(key.database, key.table, made.columns.names))
        if made.columns.excluded and made.columns.names & {*keys}:
            raise invalid("Column filtering is not supported on partition columns")
        if made.rows is not None:
            filters.check(made.rows, types, keys)
        return key, made

    def _may_make(self, key: Filter, table: lake.Entry) -> None:
        caller = self.caller
        if caller is None or self.lake.is_admin(caller):
            return
        if "SELECT" not in self.state.access(caller, table).grantable:
            raise lacking("SELECT with grant option", key.table)

    def _may_use(self, key: Filter, permission: str) -> None:
        caller = self.caller
        if caller is None or self.lake.is_admin(caller):
            return
        held = {
            one
            for each in self.state.held_by(caller)
            if each.resource == key
            for one in each.held.permissions
        }
        if not held & {permission, "ALL"} and not (permission == "DESCRIBE" and self._sees_all()):
            raise lacking(permission, key.name)

    def _sees_all(self) -> bool:
        return self.caller is None or self.state.sees_all(self.caller)

    def _existing(self, key: Filter) -> CellsFilter:
        if key not in self.lake.filters:
            raise missing(f"Data cells filter not found: {key.name}")
        return self.state.filters[key]


def _key(data: Request) -> Filter:
    return resources.data_cells_filter(data)


def _shape(key: Filter, found: CellsFilter) -> Json:
    names = sorted(found.columns.names)
    wildcard: Json = {"ColumnWildcard": {"ExcludedColumnNames": names}}
    return {
        "TableCatalogId": get_account_id(),
        "DatabaseName": key.database,
        "TableName": key.table,
        "Name": key.name,
        "RowFilter": {"AllRowsWildcard": {}} if found.rows is None else {"FilterExpression": found.rows},
        **(wildcard if found.columns.excluded else {"ColumnNames": names}),
    }
