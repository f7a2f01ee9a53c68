"""The native package: what a run without Spark imports, as it is deployed to Lambda.

`make setup` fetches the wheels that the lock names, by hash; `make package` builds the folder from them. Nothing
here is imported or run by `cdk synth`.
"""
