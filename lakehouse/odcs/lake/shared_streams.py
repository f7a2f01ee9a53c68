"""Rules between the contracts of one shared stream."""

from collections.abc import Iterable, Iterator

from config.faults import Fault
from lakehouse.layout.streams import DATASETS_MAX, shared_streams
from lakehouse.model.dataset import Dataset, Lake

_PLACE = "lake.ingestion.stream"


def check_shared_streams(datasets: Iterable[Dataset]) -> list[Fault]:
    """Find streams whose datasets contradict one another, or that AWS would refuse."""
    found: list[Fault] = []
    known = tuple(datasets)
    hyphened = {dataset.id.replace("/", "-").replace("_", "-"): dataset for dataset in known}
    for stream, sharing in shared_streams(Lake(known)).items():
        found += _transforms(stream, sharing)
        if len(sharing) > DATASETS_MAX:
            got, allowed = f"{len(sharing)} datasets on {stream}", f"up to {DATASETS_MAX} on a stream"
            found.append(
                Fault(sharing[-1].source, _PLACE, got, allowed, "put some of them on another stream")
            )
        if namesake := hyphened.get(f"shared-{stream}"):
            allowed = f"a name that no stream has; {namesake.source} has this one"
            found.append(Fault(sharing[0].source, _PLACE, stream, allowed, "rename the stream"))
    return found


def _transforms(stream: str, sharing: tuple[Dataset, ...]) -> Iterator[Fault]:
    first = sharing[0]
    for dataset in sharing[1:]:
        one, other = (each.ingestion and each.ingestion.transform for each in (first, dataset))
        if one != other:
            allowed = f"{_text(one)}, as in {first.source}: stream {stream} treats all records alike"
            fix = "say the same in both contracts"
            yield Fault(dataset.source, "lake.ingestion.transform", _text(other), allowed, fix)


def _text(transform: object) -> str:
    return "none" if transform is None else str(transform)
