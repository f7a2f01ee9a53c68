"""A project in a folder, with contracts that are valid as they stand and that tests change."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.faults import InvalidInputError
from lakehouse.access.load import POLICY
from lakehouse.model.dataset import Lake
from lakehouse.odcs.lake.load import load_lake
from tests.fixtures.environments import FIXTURE

Json = dict[str, Any]


def column(name: str, logical: str = "string", physical: str | None = None, **more: Any) -> Json:
    """Return a property with a description."""
    kind = {"logicalType": logical, **({"physicalType": physical} if physical else {})}
    return {"name": name, **kind, "description": f"The {name}.", **more}


def source(id_: str = "shop/orders", *columns: Json, **lake: Any) -> Json:
    """Return the contract of a silver dataset that has the key `order_id`."""
    return _contract(
        id_, columns, {"layer": "silver", "ingestion": {"mode": "stream", "format": "json"}, **lake}
    )


def product(id_: str = "shop/totals", *columns: Json, **lake: Any) -> Json:
    """Return the contract of a gold dataset that has the key `order_id`."""
    return _contract(id_, columns, {"layer": "gold", **lake})


def _contract(id_: str, columns: tuple[Json, ...], lake: Json) -> Json:
    domain, name = id_.split("/")
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"{domain}.{name}",
        "version": "1.0.0",
        "domain": domain,
        "description": {"purpose": f"The {name}."},
        "team": {"name": "shop"},
        "schema": [
            {"name": name, "properties": [column("order_id", required=True, primaryKey=True), *columns]}
        ],
        "customProperties": [{"property": f"lake.{key}", "value": value} for key, value in lake.items()],
    }


@dataclass(frozen=True)
class Project:
    """The folder of a project, with the policy of the fixture project."""

    root: Path

    def __post_init__(self) -> None:
        policy = self.root / POLICY
        if not policy.is_file():
            policy.parent.mkdir(parents=True, exist_ok=True)
            without_domains = re.sub(r" *domains: .*\n", "", (FIXTURE / POLICY).read_text())
            policy.write_text(without_domains)

    def text(self, where: str, text: str) -> None:
        """Write a file below `contracts`."""
        path = self.root / "contracts" / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write(self, contract: Json, where: str = "shop/orders") -> None:
        """Write a contract to the place of this dataset."""
        self.text(f"{where}.odcs.yaml", yaml.safe_dump(contract, sort_keys=False))

    def load(self) -> Lake:
        """Load what has been written."""
        return load_lake(self.root)

    def faults(self) -> list[str]:
        """Load what has been written, and return why it is refused."""
        with pytest.raises(InvalidInputError) as caught:
            self.load()
        return str(caught.value).splitlines()

    def fault(self) -> str:
        """Return the one fault of what has been written."""
        (fault,) = self.faults()
        return fault

    def fault_of(self, contract: Json) -> str:
        """Return the one fault of a contract, without the file."""
        self.write(contract)
        return self.fault().partition(": ")[2]

    def faults_of(self, contract: Json) -> list[str]:
        """Return every fault of a contract."""
        self.write(contract)
        return self.faults()
