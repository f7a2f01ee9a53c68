"""Where samples of a dataset lie: beside its contract."""

from pathlib import Path

from lakehouse.model.dataset import Dataset

SAMPLES = "samples"
"""Folder beside contracts: `<dataset>.<any>` is a sample of a dataset, as is all in a folder `<dataset>`."""


def sample_files(root: Path, dataset: Dataset) -> list[Path]:
    """Return the files that are samples of a dataset, in the order of their paths.

    Args:
        root: Folder of the project.
        dataset: The dataset.
    """
    folder = (root / dataset.source).parent / SAMPLES
    own = [path for path in folder.glob("*") if path.name.partition(".")[0] == dataset.name]
    found = [file for path in sorted(own) for file in ([path] if path.is_file() else sorted(path.rglob("*")))]
    return [file for file in found if file.is_file()]
