"""What is left out of the package, by rules that each have their reason.

Lambda takes 262,144,000 bytes, unzipped and with all layers, and what the libraries bring is more.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

SERVICES = ("cloudwatch", "glue", "s3", "secretsmanager", "sts")
"""Services of AWS whose models stay: the catalogue, objects, the masking key, measures, and roles."""


@dataclass(frozen=True)
class Rule:
    """One reason to leave files out."""

    name: str
    reason: str
    patterns: tuple[str, ...]
    """Paths within the package; a `*` stands for any characters, slashes too."""
    but: tuple[str, ...] = ()
    """What these match stays."""

    def drops(self, path: str) -> bool:
        """Whether a file is left out by this rule."""
        return _matches(path, self.patterns) and not _matches(path, self.but)


RULES = (
    Rule(
        "records of installation",
        "they list files and programs of an installation that this is not; licences stay",
        ("*.dist-info/*",),
        but=("*/METADATA", "*/licenses/*", "*/LICEN[CS]E*", "*/NOTICE*", "*/COPYING*"),
    ),
    Rule(
        "Arrow Flight",
        "a protocol between servers, which nothing here speaks, and no other library links",
        (
            "pyarrow/libarrow_flight.*",
            "pyarrow/libarrow_python_flight.*",
            "pyarrow/_flight.*",
            "pyarrow/flight.py",
        ),
    ),
    Rule(
        "Arrow's headers and sources",
        "extensions are compiled with them",
        ("pyarrow/include/*", "pyarrow/src/*", "pyarrow/*.px[di]", "pyarrow/*.pyx", "pyarrow/*.h"),
    ),
    Rule("Arrow's tests", "they test Arrow", ("pyarrow/tests/*", "pyarrow/conftest.py")),
    Rule(
        "copies of Arrow's libraries",
        "a wheel holds no links, so some libraries are in it under three names; one is linked",
        ("pyarrow/libarrow_*.so", "pyarrow/libarrow_*.so.*.*.*"),
    ),
    Rule(
        "models of AWS services",
        "a client reads the model of its own service",
        ("botocore/data/*/*/*",),
        but=tuple(f"botocore/data/{service}/*" for service in SERVICES),
    ),
    Rule(
        "PyIceberg's command line",
        "a function has no terminal; rich stays, in which a schema that does not fit is told",
        ("pyiceberg/cli/*", "click[/-]*"),
    ),
    Rule(
        "rich's colours and Markdown",
        "PyIceberg prints a table of plain words",
        (
            "pygments[/-]*",
            "markdown_it[/_]*",
            "mdurl[/-]*",
            "rich/markdown.py",
            "rich/syntax.py",
            "rich/traceback.py",
        ),
    ),
    Rule(
        "PyIceberg's Hive catalogue",
        "the catalogue is Glue's",
        ("pyiceberg/catalog/hive.py", "hive_metastore/*", "fb303/*"),
    ),
    Rule(
        "zstandard for PyPy",
        "CPython imports the other one, and this one needs cffi",
        ("zstandard/_cffi.*", "zstandard/backend_cffi.py"),
    ),
)


def rule_against(path: str) -> Rule | None:
    """Return the first rule that leaves a file out, if one does."""
    return next((rule for rule in RULES if rule.drops(path)), None)


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)
