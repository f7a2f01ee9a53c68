"""The matrix of an environment, computed from its templates once."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.fixtures.environments import Environment
from tools.access.matrix import Matrix
from tools.assembly.assembly import Assembly


@pytest.fixture(scope="session")
def matrix_of(assemble: Callable[..., Path]) -> Callable[[Environment], Matrix]:
    """Compute the matrix of an environment."""
    return cache(lambda environment: Matrix(Assembly.of_folder(assemble(environment))))


@pytest.fixture
def matrix(matrix_of: Callable[[Environment], Matrix], environment: Environment) -> Matrix:
    """The matrix of each environment in turn."""
    return matrix_of(environment)
