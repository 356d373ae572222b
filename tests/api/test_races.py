"""Many at once: nothing is lost, doubled or half written."""

from concurrent.futures import ThreadPoolExecutor

THREADS = 6


def test_many_changes_at_once_are_done_one_by_one(api):
    invoice = api.invoice("10")
    path = f"/invoices/{invoice['id']}"

    def change(number: int) -> int:
        line = {"description": f"by {number}", "unit_price": str(number)}
        body = {"notes": f"by {number}", "lines": [line] * number}
        return api.call("PATCH", path, json=body).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        statuses = list(pool.map(change, range(1, THREADS + 1)))

    left = api.data(path)
    assert set(statuses) == {200}
    assert left["version"] == 1 + THREADS
    number = len(left["lines"])
    assert left["notes"] == f"by {number}"
    assert {line["description"] for line in left["lines"]} == {f"by {number}"}
    assert left["total"] == f"{number * number}.00"


def test_a_contact_is_deleted_or_invoiced_and_never_both(api):
    contacts = [api.contact()["id"] for _ in range(THREADS)]

    def race(contact: str) -> tuple[int, int]:
        with ThreadPoolExecutor(2) as pair:
            body = {"contact_id": contact, "lines": []}
            drafted = pair.submit(api.call, "POST", "/invoices", json=body)
            deleted = pair.submit(api.call, "DELETE", f"/contacts/{contact}")
            return drafted.result().status_code, deleted.result().status_code

    for contact in contacts:
        drafted, deleted = race(contact)
        assert {drafted, deleted} <= {201, 204, 409, 422}
        assert (drafted == 201) != (deleted == 204)
    assert {row["contact_id"] for row in api.data("/invoices")} <= set(contacts)


def test_numbers_are_given_out_once(api):
    contact = api.contact()["id"]

    with ThreadPoolExecutor(THREADS) as pool:
        made = list(pool.map(lambda _: api.invoice(contact_id=contact)["oid"], range(12)))

    assert sorted(made) == list(range(1, 13))
