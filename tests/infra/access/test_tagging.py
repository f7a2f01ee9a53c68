"""Who assigns tags has what AWS asks of it beside being an administrator."""

from tools.access.tables import governed
from tools.assembly.assembly import Assembly
from tools.assembly.policies import roles
from tools.policies.evaluate import Request, allowed, identity


def test_function_sees_every_database_and_table_that_it_tags(assembly: Assembly) -> None:
    """Source: https://docs.aws.amazon.com/lake-formation/latest/dg/TBAC-assigning-tags.html."""
    tagged = [(document["Database"], document.get("Table")) for document, _ in governed(assembly)]
    assert tagged
    function = assembly.named("AWS::Lambda::Function", _function_of(assembly))
    assert function is not None
    caller = identity(roles(assembly)[function.properties["Role"]])
    stack = function.stack
    prefix = f"arn:{stack.partition}:glue:{stack.region}:{stack.account}:"
    for database, table in tagged:
        asked = [("glue:GetDatabase", f"database/{database}"), ("glue:GetDatabase", "catalog")]
        if table:
            asked.append(("glue:GetTable", f"table/{database}/{table}"))
        for action, resource in asked:
            assert allowed(Request(action, prefix + resource, caller)).allowed, (action, resource)


def _function_of(assembly: Assembly) -> str:
    [arn] = {each.properties["ServiceToken"] for each in assembly.of("Custom::GovernedTables")}
    return str(arn.rpartition(":")[2])
