"""What each field means, in a line, and what holds where it is left out of something new."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Meaning:
    """One line on a field; `otherwise` is what a new one has where it was left out."""

    text: str
    otherwise: str | None = None


Meanings = Mapping[str, Meaning]

_RECORD: Final[Meanings] = {
    "id": Meaning("Names it for good, here and in every address."),
    "oid": Meaning("A shorter number for it, counted up within the organisation."),
    "version": Meaning("Rises with every change of it."),
    "created_at": Meaning("When it was made."),
    "updated_at": Meaning("When it was last changed."),
}
_CONTACT: Final[Meanings] = {
    **_RECORD,
    "type": Meaning(
        "A company needs a `company_name`, an individual a `first_name` or `last_name`; neither"
        " has names of the other.",
        "follows from the names that are sent",
    ),
    "status": Meaning("What the organisation sees in them.", "`customer`"),
    "name": Meaning("What is shown for them wherever they are referred to; for queries alone."),
    "company_name": Meaning("The name of a company."),
    "first_name": Meaning("The first name of an individual."),
    "last_name": Meaning("The last name of an individual."),
    "email": Meaning("Where they are written to."),
    "phone": Meaning("Where they are called, as it is dialled."),
    "tax_number": Meaning("Their number with the tax office, such as an ABN or a VAT number."),
    "addresses": Meaning("Where they are; a list that is sent becomes the whole list.", "none"),
    "addresses.id": Meaning("Names the address; leave it out of a new one."),
    "addresses.type": Meaning("What is sent there.", "`billing`"),
    "addresses.street": Meaning("House and street."),
    "addresses.city": Meaning("City or suburb."),
    "addresses.region": Meaning("State, province or region."),
    "addresses.postal_code": Meaning("Postal code, as it is written there."),
    "addresses.country": Meaning("Country, by two capital letters of ISO 3166-1."),
    "contacts": Meaning("People to talk to; a list that is sent becomes the whole list.", "none"),
    "contacts.id": Meaning("Names the person; leave it out of a new one."),
    "contacts.first_name": Meaning("First name."),
    "contacts.last_name": Meaning("Last name."),
    "contacts.email": Meaning("Where this person is written to."),
    "contacts.phone": Meaning("Where this person is called."),
}
_INVOICE: Final[Meanings] = {
    **_RECORD,
    "number": Meaning("The number on the paper; null while it is a draft."),
    "status": Meaning("Where it stands. All are `draft` today: finalising is not open yet."),
    "contact_id": Meaning("Who is to pay: a contact of the organisation."),
    "contact": Meaning("Who is to pay, by id and name; `expand=contact` shows all of it."),
    "date": Meaning("The day it is written.", "today, where the organisation is"),
    "due_date": Meaning("The day by which it is to be paid, never before `date`.", "`date`"),
    "currency": Meaning(
        "Three capital letters of ISO 4217; every amount of it is in this.",
        "the organisation's own",
    ),
    "prices_include_tax": Meaning("Whether each `unit_price` has its tax in it.", "false"),
    "lines": Meaning("What is charged for; a list that is sent becomes the whole list."),
    "lines.id": Meaning("Names the line; leave it out of a new one."),
    "lines.position": Meaning("Where it stands in the list, from 1."),
    "lines.item_id": Meaning(
        "The item it was taken from. There are no items yet: leave it out, any id is refused."
    ),
    "lines.description": Meaning("What is charged for, in words."),
    "lines.quantity": Meaning("How many; below zero takes back.", "1"),
    "lines.unit": Meaning("What is counted, such as `h` or `kg`."),
    "lines.unit_price": Meaning("The price of one."),
    "lines.discount_percent": Meaning("How much of this line is waived, from 0 to 100.", "0"),
    "lines.tax_rate_id": Meaning("The tax rate of this line; without one it is untaxed."),
    "lines.subtotal": Meaning("What the line comes to before tax, after its discount."),
    "lines.tax": Meaning("The tax of the line."),
    "lines.total": Meaning("What the line comes to with tax."),
    "discount_percent": Meaning("How much of the whole is waived, from 0 to 100.", "0"),
    "subtotal": Meaning("All lines before tax, after discounts."),
    "total_tax": Meaning("The tax of all lines."),
    "total": Meaning("What is to be paid, with tax."),
    "amount_paid": Meaning("What has been paid of it."),
    "amount_due": Meaning("What is still to be paid."),
    "reference": Meaning("Words of the customer's own, such as an order number."),
    "notes": Meaning("What is written below the lines."),
    "sent_at": Meaning("When it was sent; null where it was not."),
    "viewed_at": Meaning("When the customer first looked at it; null where that is unknown."),
    "contact.name": Meaning("What is shown for the contact who is to pay."),
    "contact.email": Meaning("Where the contact who is to pay is written to."),
    "contact.type": Meaning("Whether a company or an individual is to pay."),
    "contact.status": Meaning("What the organisation sees in the contact who is to pay."),
}
_TAX_RATE: Final[Meanings] = {
    **_RECORD,
    "name": Meaning("What it is called, such as `GST`."),
    "rate": Meaning("The rate, in percent."),
    "valid_from": Meaning("The first day on which it holds; null: since ever."),
    "valid_to": Meaning("The last day on which it holds; null: until further notice."),
}
_CHANGE: Final[Meanings] = {
    "sequence": Meaning(
        "Its place in the organisation's sequence, which only rises; null unless your token may"
        " read every resource of the feed."
    ),
    "resource": Meaning("What changed: the name of a list, such as `invoices`."),
    "id": Meaning("Which one changed."),
    "action": Meaning("What happened to it; of what was `deleted`, this is all that remains."),
    "version": Meaning("Its `version` after the change; older than what you hold: pass it over."),
    "at": Meaning("When it was changed."),
}
_ME: Final[Meanings] = {
    "id": Meaning("The person who allowed the token."),
    "name": Meaning("What the person is called."),
    "email": Meaning("Where the person is written to."),
    "client_id": Meaning("Your app."),
    "grant_id": Meaning("The consent behind the token; a new consent has another."),
    "scopes": Meaning("What the token may do at most; each organisation may allow less."),
}
_CONNECTION: Final[Meanings] = {
    "organisation": Meaning("The organisation reached."),
    "organisation.id": Meaning("What the header `Organisation` names."),
    "organisation.name": Meaning("What it is called."),
    "organisation.country": Meaning("Its country, by two letters of ISO 3166-1."),
    "organisation.currency": Meaning("Its own currency, by three letters of ISO 4217."),
    "scopes": Meaning("What may be done there: what was granted, and the person's role allows."),
    "granted_at": Meaning("When the person allowed it."),
    "last_used_at": Meaning("When a token was last used there; null where none was."),
}
# By the name of the resource, feed or view; what lies within a list or object behind a dot.
WORDS: Final[Mapping[str, Meanings]] = {
    "contacts": _CONTACT,
    "invoices": _INVOICE,
    "tax-rates": _TAX_RATE,
    "changes": _CHANGE,
    "me": _ME,
    "connections": _CONNECTION,
}
