"""Fill a demo business's books: tax rates, contacts, and two years of invoices."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy.orm import Session

from app.domain.contacts.add import add_contact
from app.domain.contacts.given import AddressGiven, ContactGiven, PersonGiven
from app.domain.identity.organisations import OrganisationFacts, add_organisation
from app.domain.ledger.tax_rates import add_tax_rate
from app.domain.sales.draft import draft_invoice
from app.domain.sales.given import InvoiceGiven, LineGiven
from app.seed.catalogue import Business

FIRST_DAY: Final = date(2024, 2, 1)
DAYS: Final = 730
TERMS_DAYS: Final = (7, 14, 30, 30, 45)
QUANTITIES: Final = ("1", "1", "2", "3", "4", "1.5", "0.75", "12")
DISCOUNTS: Final = ("0", "0", "0", "0", "5", "10")
LINES_MAX: Final = 4
NOTES: Final = (None, None, None, "Thank you for your business.", "Please quote our reference.")


def fill_books(session: Session, business: Business) -> OrganisationFacts:
    """Add the organisation with its tax rates, contacts and invoices: the same ones each time."""
    chance = random.Random(business.name)  # noqa: S311 - repeatable on purpose, guards nothing
    organisation = add_organisation(
        session,
        name=business.name,
        country=business.country,
        currency=business.currency,
        timezone=business.timezone,
        is_test=business.is_test,
    )
    taxes = {
        name: add_tax_rate(
            session, organisation=organisation.id, name=name, rate=Decimal(percent)
        ).id
        for name, percent in business.taxes.items()
    }
    customers = [
        add_contact(session, organisation=organisation.id, given=given).id
        for given in contacts_for(business, chance)
    ]
    for place in range(business.invoices):
        given = invoice_for(business, chance, place=place, customers=customers, taxes=taxes)
        draft_invoice(session, organisation=organisation.id, given=given)
    return organisation


def contacts_for(business: Business, chance: random.Random) -> list[ContactGiven]:
    """The companies with someone to ask for, then the individuals."""
    companies = [
        ContactGiven(
            type="company",
            status="customer",
            company_name=name,
            email=f"accounts.{place}@{business.mail_domain}",
            addresses=(_address(business, chance),),
            contacts=(_person(business, chance),),
        )
        for place, name in enumerate(business.companies, start=1)
    ]
    individuals = [
        ContactGiven(
            type="individual",
            status="customer" if place % 5 else "lead",
            first_name=first,
            last_name=last,
            email=f"person.{place}@{business.mail_domain}",
            addresses=(_address(business, chance),),
        )
        for place, (first, last) in enumerate(business.persons, start=1)
    ]
    return companies + individuals


def invoice_for(
    business: Business,
    chance: random.Random,
    *,
    place: int,
    customers: list[str],
    taxes: dict[str, str],
) -> InvoiceGiven:
    """One invoice; they are spread evenly over two years, the oldest first."""
    day = FIRST_DAY + timedelta(days=place * DAYS // business.invoices)
    products = chance.sample(business.products, k=chance.randint(1, LINES_MAX))
    return InvoiceGiven(
        contact_id=chance.choice(customers),
        date=day,
        due_date=day + timedelta(days=chance.choice(TERMS_DAYS)),
        reference=f"JOB-{1000 + place}",
        notes=chance.choice(NOTES),
        lines=tuple(
            LineGiven(
                description=product.description,
                quantity=Decimal(chance.choice(QUANTITIES)),
                unit=product.unit,
                unit_price=Decimal(product.unit_price),
                discount_percent=Decimal(chance.choice(DISCOUNTS)),
                tax_rate_id=taxes[product.tax],
            )
            for product in products
        ),
    )


def _address(business: Business, chance: random.Random) -> AddressGiven:
    city, postal_code = chance.choice(business.cities)
    return AddressGiven(
        type="billing",
        street=f"{chance.randint(1, 240)} {chance.choice(business.streets)}",
        city=city,
        postal_code=postal_code,
        country=business.country,
    )


def _person(business: Business, chance: random.Random) -> PersonGiven:
    first, last = chance.choice(business.persons)
    return PersonGiven(first_name=first, last_name=last)
