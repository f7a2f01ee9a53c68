"""AWS DMS Serverless on the laptop: API, CloudFormation types, and replications that write under their role.

There is no PostgreSQL yet: the source database is sample tables, see `source`.
"""

from local.features.dms.service import Dms

SERVICES = (Dms,)
