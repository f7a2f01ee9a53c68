"""What stands behind features on the laptop: a module or package for each, by the name of the feature.

`FEATURE` is a `local.feed.features.LocalFeature`, for one that brings records. `SERVICES` are AWS services
that the emulator lacks and the feature needs. A feature without a module is deployed, and nothing else.
"""
