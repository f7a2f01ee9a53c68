from local.emulator.root import RootSecrets


def test_secrets_are_others_at_each_start_and_long_enough_not_to_be_guessed() -> None:
    made = [RootSecrets() for _ in range(50)]
    for name in ("access_key", "secret_key", "control"):
        assert len({getattr(one, name) for one in made}) == len(made)
    assert {(len(one.access_key), one.access_key[:4]) for one in made} == {(20, "AKIA")}
    assert min(len(secret) for one in made for secret in (one.secret_key, one.control)) == 40


def test_secrets_pass_through_the_pipe_whole_and_show_in_no_message() -> None:
    secrets = RootSecrets()
    assert secrets.line().count(b"\n") == 1
    assert RootSecrets.read(secrets.line()) == secrets
    assert secrets.secret_key not in repr(secrets)
    assert secrets.control not in repr(secrets)
