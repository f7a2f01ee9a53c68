"""What synthesis costs per resource, above an app that imports the same modules and holds nothing.

Usage: python tools/bench/synth_cost.py [ENVIRONMENT] [RUNS]. Both apps run in turn, each in a process of
its own, with template validation off; the median of each is compared.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EMPTY = "import app, aws_cdk; a = aws_cdk.App(); aws_cdk.Stack(a, 'Empty'); a.synth()"
LAKE = "import app; app.main()"


def synthesize(
    code: str, environment: str, *, root: Path = ROOT, validate: bool = False
) -> tuple[float, dict[str, int], dict[str, int]]:
    """Run an app of the project at `root` in a process of its own.

    Returns:
        Seconds, and by stack: resources of its template, bytes of its template.
    """
    with tempfile.TemporaryDirectory() as out:
        context = json.loads((root / "cdk.json").read_text())["context"]
        variables = {
            **os.environ,
            "CDK_VALIDATION": str(validate).lower(),
            "CDK_OUTDIR": out,
            "CDK_CONTEXT_JSON": json.dumps({**context, "env": environment}),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        started = time.perf_counter()
        run(code, cwd=root, env=variables)
        seconds = time.perf_counter() - started
        texts = {
            path.name.removesuffix(".template.json"): path.read_text()
            for path in sorted(Path(out).glob("*.template.json"))
        }
    resources = {stack: len(json.loads(text).get("Resources", {})) for stack, text in texts.items()}
    return seconds, resources, {stack: len(text.encode()) for stack, text in texts.items()}


def run(code: str, *, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Return what Python code prints; exit with its errors if it fails."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr or f"ended with {done.returncode}")
    return done.stdout


def main(environment: str = "dev", runs: str = "7") -> None:
    """Print both medians, the resource count and milliseconds per resource."""
    empty, lake, resources = [], [], 0
    for _ in range(int(runs)):
        empty.append(synthesize(EMPTY, environment)[0])
        seconds, found, _ = synthesize(LAKE, environment)
        lake.append(seconds)
        resources = sum(found.values())
    floor, full = statistics.median(empty), statistics.median(lake)
    figures = {
        "environment": environment,
        "empty_seconds": round(floor, 2),
        "lake_seconds": round(full, 2),
        "resources": resources,
        "milliseconds_per_resource": round((full - floor) * 1000 / resources, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
