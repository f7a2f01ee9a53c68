import sys

from datacontract.data_contract import DataContract

formats = sys.argv[1].split(",")
for path in sys.argv[2:]:
    contract = DataContract(data_contract_file=path)
    results = [f"lint {contract.lint().result.value}"]
    for name in formats:
        more = {"sql_server_type": "athena"} if name == "sql" else {}
        results.append(f"{name} {'written' if contract.export(name, **more) else 'empty'}")
    print(path, *results, sep="\t")
