"""The feature `github_actions`."""

from stacks.features.feature import Feature
from stacks.features.github_actions.settings import GithubActionsSettings

FEATURE = Feature(
    title="Deployments from GitHub Actions, which proves who it is for each and keeps no key",
    section=GithubActionsSettings,
    idle_cost="nothing",
    laptop="nothing: roles that GitHub assumes",
    stacks=("GithubActions",),
    once=("provider",),
)
