"""The canonical dialect: every field by its own name, problems as RFC 9457."""

from typing import Final

from app.api.resources.connections import CONNECTIONS
from app.api.resources.contacts import CONTACTS
from app.api.resources.invoices import INVOICES
from app.api.resources.me import ME
from app.api.resources.tax_rates import TAX_RATES
from app.api.surfaces.answers import many, one
from app.api.surfaces.problems import problem
from app.api.surfaces.surface import Surface

V1: Final = Surface(
    name="v1",
    base_path="/v1",
    resources=(CONTACTS, INVOICES, TAX_RATES),
    views=(ME, CONNECTIONS),
    one=one,
    many=many,
    problem=problem,
)
