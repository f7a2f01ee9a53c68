from local.demo import exports


def test_variables_are_exported_when_they_differ_from_those_present() -> None:
    present = {"AWS_CA_BUNDLE": "/etc/ssl/system.pem", "HOME": "/home/ada"}
    wanted = {"AWS_CA_BUNDLE": "/a folder/lake.pem", "AWS_REGION": "us-east-1", "HOME": "/home/ada"}
    assert exports(wanted, present) == (
        "export AWS_CA_BUNDLE='/a folder/lake.pem'\nexport AWS_REGION=us-east-1\n"
    )
