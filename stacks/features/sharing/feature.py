"""The feature `sharing`."""

from stacks.features.feature import Feature
from stacks.features.sharing.agreement import agreement, fits
from stacks.features.sharing.settings import SharingSettings

FEATURE = Feature(
    title="Tables that lakes of other accounts read, by grants of Lake Formation",
    section=SharingSettings,
    idle_cost="nothing: grants, links and shares of AWS RAM are free; who queries pays for the query",
    laptop="all of it: accounts, invitations, links and grants, with the rights of the deployed roles",
    agreement=agreement,
    fits=fits,
)
