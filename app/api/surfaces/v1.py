"""The canonical dialect: every field by its own name, problems as RFC 9457."""

from typing import Final

from app.api.resources.changes import Feed
from app.api.resources.connections import CONNECTIONS
from app.api.resources.contacts import CONTACTS
from app.api.resources.invoices import INVOICES
from app.api.resources.me import ME
from app.api.resources.tax_rates import TAX_RATES
from app.api.surfaces.answers import many, one
from app.api.surfaces.problems import problem
from app.api.surfaces.surface import Surface

RESOURCES: Final = (CONTACTS, INVOICES, TAX_RATES)
V1: Final = Surface(
    name="v1",
    base_path="/v1",
    resources=RESOURCES,
    views=(ME, CONNECTIONS),
    feeds=(Feed(name="changes", scopes={each.name: each.read_scope for each in RESOURCES}),),
    one=one,
    many=many,
    problem=problem,
)
