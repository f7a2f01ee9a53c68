"""What all tests share."""

from hypothesis import settings

# A commit passes or fails whatever the day. `pytest --hypothesis-profile=default` looks for new examples.
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")
