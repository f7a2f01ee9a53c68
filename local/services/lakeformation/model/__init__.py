"""Lake Formation's rules: plain Python without network, emulator or SDK.

`permissions.Permissions` is the state of one account's catalog and answers `evaluate(principal, …)`.
"""
