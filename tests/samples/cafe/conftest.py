"""The café's API and its page are tested where the project has the feature that brings its clicks."""

from stacks.features.registry import features

collect_ignore = [] if "click_api" in features() else ["test_api.py", "test_pages.py"]
