from pathlib import Path

from lakehouse.model.dataset import Format, Mode
from lakehouse.odcs.lake.load import load_lake
from tools.bench.scale_project import project


def test_generated_contracts_are_valid_and_of_every_shape(tmp_path: Path) -> None:
    project(tmp_path, datasets=16, domains=2)
    lake = load_lake(tmp_path)
    shapes = [
        (dataset.domain, dataset.ingestion and (dataset.ingestion.mode, dataset.ingestion.format))
        for dataset in lake.datasets
    ]
    for domain in ("domain_00", "domain_01"):
        for shape in (None, (Mode.STREAM, Format.JSON), (Mode.FILES, Format.JSON), (Mode.FILES, Format.CSV)):
            assert shapes.count((domain, shape)) == 2
    assert lake.warnings == ()
