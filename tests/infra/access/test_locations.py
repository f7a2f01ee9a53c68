"""The role as which buckets are registered writes where Glue's optimizers do, and nowhere else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lakehouse.model.dataset import Layer
from tests.fixtures.environments import LIVE, TRIAL, Environment
from tools.assembly.assembly import Assembly
from tools.assembly.policies import roles
from tools.policies.evaluate import Request, allowed, identity


@pytest.mark.parametrize(("environment", "managed"), [(LIVE, True), (TRIAL, False)], ids=["managed", "job"])
@pytest.mark.parametrize("layer", Layer)
def test_role_of_a_location_writes_what_optimizers_keep_alone(
    assemble: Callable[..., Path], environment: Environment, managed: bool, layer: Layer
) -> None:
    assembly = Assembly.of_folder(assemble(environment))
    bucket = f"arn:aws:s3:::{environment.naming.bucket(layer)}"
    location = assembly.named("AWS::LakeFormation::Resource", bucket)
    assert location is not None
    caller = identity(roles(assembly)[location.properties["RoleArn"]])
    optimized = {
        database.properties["DatabaseInput"]["LocationUri"].split("/")[2]
        for optimizer in assembly.of("AWS::Glue::TableOptimizer")
        if (database := assembly.named("AWS::Glue::Database", optimizer.properties["DatabaseName"]))
    }
    assert bool(optimized) is managed

    def may(action: str) -> bool:
        return allowed(Request(action, f"{bucket}/any", caller)).allowed

    assert may("s3:GetObject")
    assert {may("s3:PutObject"), may("s3:DeleteObject")} == {environment.naming.bucket(layer) in optimized}
