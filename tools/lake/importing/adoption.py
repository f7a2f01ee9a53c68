"""Makes contracts of documents, all or none, and writes them."""

from collections.abc import Sequence
from pathlib import Path

from config.faults import Fault, InvalidInputError
from lakehouse.odcs.head import SUFFIX
from lakehouse.odcs.lake.load import CONTRACTS
from lakehouse.odcs.names import NAME
from tools.lake.drafts.names import snake_case
from tools.lake.importing.contract import Contract, contract_of, dataset_names, text_of
from tools.lake.importing.described import Described
from tools.lake.importing.head import Wanted
from tools.lake.importing.reading import read_tables


def adopted(sources: Sequence[str], wanted: Wanted) -> list[Contract]:
    """Return the contracts of all documents.

    Raises:
        InvalidInputError: One of them cannot be adopted; holds every fault of all.
    """
    found: list[Contract] = []
    faults: list[Fault] = []
    for source in sources:
        try:
            tables = read_tables(source)
            found += [
                _contract(table, name, wanted, several=len(tables) > 1)
                for table, name in zip(tables, dataset_names(tables), strict=True)
            ]
        except InvalidInputError as error:
            faults += error.faults
    places = [each.where for each in found]
    for each in found:
        if places.count(each.where) > 1:
            got, fix = f"{each.where} more than once", "import them one by one, with --domain"
            faults.append(Fault(each.table.where, "schema", got, "a contract of its own for each table", fix))
    if faults:
        raise InvalidInputError(faults)
    return found


def _contract(table: Described, name: str, wanted: Wanted, *, several: bool) -> Contract:
    domain = wanted.domain or snake_case(str(table.head.get("domain") or ""))
    if not NAME.fullmatch(domain):
        got, allowed = domain or "no domain", "a name in snake_case"
        raise InvalidInputError([Fault(table.where, "domain", got, allowed, "say whose it is: --domain")])
    where = f"{CONTRACTS}/{domain}/{name}{SUFFIX}"
    return contract_of(table, name, where, domain=domain, several=several, wanted=wanted)


def is_written(contract: Contract, project: Path) -> bool:
    """Whether the file of a contract is there as it would be written, as after a run that was cut short."""
    path = project / contract.where
    return path.is_file() and path.read_text(encoding="utf-8") == text_of(contract)


def write(contracts: Sequence[Contract], project: Path) -> None:
    """Write contracts into the folders of their domains."""
    for each in contracts:
        path = project / each.where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(each), encoding="utf-8")
