"""AWS Lake Formation on the laptop: a permission model, its API and CloudFormation types, and enforcement.

`model` holds the rules alone: it knows neither the emulator nor AWS, so that whoever has grants, from an
account or from a synthesized template, can ask `model.permissions.Permissions` who sees what.
"""
