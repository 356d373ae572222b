"""Tax rates, read only: where a client finds the `tax_rate_id` of its lines."""

from typing import Final

from app.api.resources.kinds import Day, Id, Instant, Scaled, Text, Whole
from app.api.resources.resource import Attribute, Resource, Shape
from app.domain.ledger.tables import TaxRate
from app.domain.ledger.tax_rates import RATE_DECIMALS, TaxRateRecord, tax_rates_by_id
from app.storage.tenancy import columns_of

TAX_RATE: Final = Shape(
    (
        Attribute("id", Id("tax"), column=TaxRate.id, is_sortable=True),
        Attribute("oid", Whole(), column=TaxRate.oid, is_sortable=True),
        Attribute("name", Text(), column=TaxRate.name),
        Attribute("rate", Scaled(RATE_DECIMALS), column=TaxRate.rate),
        Attribute("valid_from", Day(), column=TaxRate.valid_from),
        Attribute("valid_to", Day(), column=TaxRate.valid_to),
        Attribute("version", Whole()),
        Attribute("created_at", Instant(), column=TaxRate.created_at),
        Attribute("updated_at", Instant(), column=TaxRate.updated_at),
    ),
    record=TaxRateRecord,
)
TAX_RATES: Final = Resource(
    name="tax-rates",
    word="tax rate",
    prefix="tax",
    shape=TAX_RATE,
    keys=columns_of(TaxRate, TaxRate.id, TaxRate.version),
    key_of=lambda rate: (rate.id, rate.version),
    by_id=tax_rates_by_id,
    read_scope="invoices:read",
)
