"""Tables that the lake's function keeps are dropped one by one.

Glue deletes the tables of a deleted database at its own discretion, so that a database of the same name could
find them again, without their files: https://docs.aws.amazon.com/glue/latest/webapi/API_DeleteDatabase.html
"""

from contextlib import suppress

from tools.ops.target import Account

KIND = "Custom::IcebergTable"


def drop(account: Account, physical_id: str) -> None:
    """Drop a table by the id that CloudFormation knows it by; it may be gone already."""
    database, _, table = physical_id.partition(".")
    glue = account.client("glue")
    with suppress(glue.exceptions.EntityNotFoundException):
        glue.delete_table(DatabaseName=database, Name=table)
