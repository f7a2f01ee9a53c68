from config.faults import Fault, InvalidInputError, nearest, one_of


def test_error_lists_each_fault_once_in_order_when_several_are_found() -> None:
    first = Fault("a.yaml:2", "x.y", 1, "text", "quote it")
    second = Fault("a.yaml:10", "z", {"a": [1]}, "nothing", "remove it")
    error = InvalidInputError([second, first, second])
    assert error.faults == (first, second)
    assert str(error).splitlines() == [
        "a.yaml:2: x.y: got 1; allowed: text; fix: quote it",
        "a.yaml:10: z: got {'a': [1]}; allowed: nothing; fix: remove it",
    ]


def test_fault_shows_the_start_of_a_value_when_it_is_long() -> None:
    assert str(Fault("a.yaml", "x", "v" * 200, "less", "cut it")) == (
        f"a.yaml: x: got '{'v' * 96}...; allowed: less; fix: cut it"
    )


def test_nearest_names_the_closest_when_one_is_close() -> None:
    assert nearest("ordrs", ["orders", "items"]) == "did you mean 'orders'?"
    assert nearest("zzz", ["orders", "items"]) == "remove it, or use one of these"
    assert one_of(["b", "a"]) == "a, b"
