"""AWS Lake Formation on the laptop: a permission model, its API and CloudFormation types, and enforcement.

`model` holds the rules alone: it knows neither the emulator nor AWS, so that whoever has grants, from an
account or from a synthesized template, can ask `model.permissions.Permissions` who sees what. `api` has the
operations, `resource_types` the types, `catalog` and `athena` enforce what was granted.

Emulated: settings, registered locations, hybrid access and opt-ins, LF-tags and expressions, grants on
catalog, databases, tables, columns, locations, tags and filters, data cells filters; Glue's catalog and
Athena under all of these. Proven by `tests/local/services/lakeformation` and, for the rules, by
`tests/unit/local/services/lakeformation`; thirty cases of AWS's behaviour are in `test_golden_cases`.

Between accounts: grants to an account, which its administrators pass on whole, shares and their invitations
(`local.services.ram`), and resource links to tables (`links`). Proven by `test_sharing`.

Not emulated: the service-linked role, grants to single principals of other accounts, to organizations and by
tags to accounts, saved expressions, conditions of grants, Identity Center, transactions, searches by tags,
temporary credentials for other engines, Spark's fine-grained access. The root user and CloudFormation are
asked for nothing in their own account. `docs/lake-formation.md` says which engine enforces what, and which
rules are readings that were never tried on AWS.
"""
