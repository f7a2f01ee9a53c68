"""What synthesis costs per resource, above an app that imports the same modules and holds nothing.

Usage: python tools/synth_cost.py [ENVIRONMENT] [RUNS]. Both apps run in turn, each in a process of its own,
with template validation off; the median of each is compared.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EMPTY = "import app, aws_cdk; a = aws_cdk.App(); aws_cdk.Stack(a, 'Empty'); a.synth()"
LAKE = "import app; app.main()"


def _seconds(code: str, environment: str) -> tuple[float, int]:
    """Seconds of one run, and the resources that it wrote."""
    with tempfile.TemporaryDirectory() as out:
        context = json.loads((ROOT / "cdk.json").read_text())["context"]
        variables = {
            **os.environ,
            "CDK_VALIDATION": "false",
            "CDK_OUTDIR": out,
            "CDK_CONTEXT_JSON": json.dumps({**context, "env": environment}),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=variables, check=True, capture_output=True)
        seconds = time.perf_counter() - started
        templates = [json.loads(path.read_text()) for path in Path(out).glob("*.template.json")]
    return seconds, sum(len(template.get("Resources", {})) for template in templates)


def main(environment: str = "dev", runs: str = "7") -> None:
    """Print both medians, the resource count and milliseconds per resource."""
    empty, lake, resources = [], [], 0
    for _ in range(int(runs)):
        empty.append(_seconds(EMPTY, environment)[0])
        seconds, resources = _seconds(LAKE, environment)
        lake.append(seconds)
    floor, full = statistics.median(empty), statistics.median(lake)
    print(
        json.dumps(
            {
                "environment": environment,
                "empty_seconds": round(floor, 2),
                "lake_seconds": round(full, 2),
                "resources": resources,
                "milliseconds_per_resource": round((full - floor) * 1000 / resources, 1),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
