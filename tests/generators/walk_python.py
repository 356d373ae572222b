"""Lists filtered, sorted and paged with the client that openapi-python-client generates."""

import json
import sys

from books_client import AuthenticatedClient
from books_client.api.contacts import create_contact
from books_client.api.invoices import list_invoices
from books_client.models import ContactCreate, ContactType, ListInvoicesCount
from books_client.types import UNSET


def walk(client: AuthenticatedClient) -> list[str]:
    totals, cursor = [], UNSET
    while cursor is not None:
        answer = list_invoices.sync(
            client=client,
            total=["gte:20", "lt:60"],
            status=["draft"],
            sort=["-total", "oid"],
            limit=2,
            cursor=cursor,
        )
        totals += [invoice.total for invoice in answer.data]
        cursor = answer.pagination.next_cursor
    return totals


def main(base: str, token: str) -> None:
    client = AuthenticatedClient(base_url=base, token=token)
    pagination = list_invoices.sync(
        client=client, page=2, per_page=3, count=ListInvoicesCount.EXACT
    ).pagination
    refused = list_invoices.sync(client=client, total=["gtee:100"])
    body = ContactCreate(type_=ContactType.COMPANY, company_name="Acme", phone=None)
    made = create_contact.sync_detailed(client=client, body=body)
    told = {
        "walk": walk(client),
        "page": [pagination.total, pagination.total_is],
        "refused": refused.errors[0].code,
        "made": [made.parsed.data.company_name, int(made.status_code)],
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
