"""What the lake costs to load and to synthesize as contracts are added.

Usage: python tools/bench/scale.py DATASETS DOMAINS [--validate]. Works on a copy of the project with
generated contracts (see `scale_project`). Fails when a template outgrows CloudFormation. `--validate`
synthesizes once more, with the checks of the CDK and of cdk-nag.
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from lakehouse.model.size import BYTES_MAX, RESOURCES_MAX
from tools.bench.scale_project import project
from tools.bench.synth_cost import EMPTY, LAKE, run, synthesize

LOAD = """
import time
from pathlib import Path
from lakehouse.odcs.lake.load import load_lake
started = time.perf_counter()
load_lake(Path())
print(time.perf_counter() - started)
"""


def load(root: Path) -> float:
    """Seconds to read and check every contract, without starting Python."""
    return float(run(LOAD, cwd=root))


def main(datasets: int, domains: int, *, validate: bool) -> None:
    """Print a line per phase, and the largest template."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        started = time.perf_counter()
        project(root, datasets, domains)
        floor = statistics.median(synthesize(EMPTY, "dev", root=root)[0] for _ in range(3))
        loaded = load(root)
        seconds, resources, sizes = synthesize(LAKE, "dev", root=root)
        checked = synthesize(LAKE, "dev", root=root, validate=True)[0] if validate else None
    print(
        f"{datasets} datasets in {domains} domains: {len(sizes)} stacks, {sum(resources.values())} resources"
    )
    for phase, spent in {
        "load and check contracts": loaded,
        "synthesize, above an empty app": seconds - floor,
        "checks of templates": None if checked is None else checked - seconds,
    }.items():
        if spent is not None:
            print(f"{phase:32} {spent:8.2f} s {spent * 1000 / datasets:8.1f} ms per dataset")
    print(f"{'an empty app':32} {floor:8.2f} s")
    print(f"largest template: {max(resources.values())} resources, {max(sizes.values()):,} bytes")
    print(f"all in {time.perf_counter() - started:.0f} s")
    too_large = {stack for stack in sizes if resources[stack] > RESOURCES_MAX or sizes[stack] > BYTES_MAX}
    if too_large:
        sys.exit(f"CloudFormation refuses {json.dumps(sorted(too_large))}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), validate="--validate" in sys.argv[3:])
