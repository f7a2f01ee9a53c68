"""The feature `github`."""

from stacks.features.feature import Feature
from stacks.features.github.settings import GithubSettings

FEATURE = Feature(
    title="Deployments from GitHub Actions, which proves who it is for each and keeps no key",
    section=GithubSettings,
    idle_cost="nothing",
    laptop="nothing: roles that GitHub assumes",
    stacks=("Github",),
    once=("provider",),
)
