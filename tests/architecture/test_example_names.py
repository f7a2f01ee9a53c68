"""No code names a dataset of `contracts/`, so that each of them can go; its own samples and tests may.

Nor does it name one of the tests' own project, which a fork may have too.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from lakehouse.odcs.head import SUFFIX
from tests.fixtures.environments import FIXTURE

ROOT = Path(__file__).resolve().parents[2]
CODE = ("app.py", "config", "lakehouse", "stacks", "lambda_src", "glue_scripts", "tools", "local")
SAMPLES = ROOT / "local" / "samples"
LAYERS = "bronze|silver|gold|quarantine"


def _names(contracts: Path) -> re.Pattern[str]:
    """Ids of datasets, as in `domain/dataset`, and tables, as in `silver_domain.dataset`."""
    paths = sorted(contracts.rglob(f"*{SUFFIX}"))
    pairs = [(path.parent.name, path.name.removesuffix(SUFFIX)) for path in paths]
    forms = [rf"(?:{domain}/|(?:{LAYERS})_{domain}\.){name}" for domain, name in pairs]
    return re.compile(rf"(?<![\w/.])(?:{'|'.join(forms)})(?!\w)")


def _files(root: Path, code: Iterable[str]) -> Iterable[Path]:
    for path in (root / name for name in code):
        files = [path] if path.is_file() else sorted(path.rglob("*"))
        yield from (file for file in files if file.is_file() and file.suffix != ".pyc")


def _named(files: Iterable[Path], names: re.Pattern[str]) -> dict[str, list[str]]:
    found = {str(file): names.findall(file.read_text(errors="replace")) for file in files}
    return {file: each for file, each in found.items() if each}


def test_no_code_names_a_dataset_of_the_contracts() -> None:
    files = [file for file in _files(ROOT, CODE) if not file.is_relative_to(SAMPLES)]
    assert len(files) > 100
    for contracts in (ROOT, FIXTURE):
        assert _named(files, _names(contracts / "contracts")) == {}


def test_a_name_is_found_in_each_of_its_forms(tmp_path: Path) -> None:
    contract = tmp_path / "contracts" / "shop" / f"orders{SUFFIX}"
    contract.parent.mkdir(parents=True)
    contract.touch()
    names = _names(tmp_path / "contracts")
    code = tmp_path / "code"
    code.mkdir()
    for number, text in enumerate(('ID = "shop/orders"', "FROM silver_shop.orders", "see `shop/orders`.")):
        (code / f"{number}.py").write_text(text)
    (code / "other.py").write_text("local/shop/orders shop/orders_of_others old_silver_shop.orders orders")
    assert set(_named(_files(tmp_path, ["code"]), names)) == {str(code / f"{each}.py") for each in range(3)}
