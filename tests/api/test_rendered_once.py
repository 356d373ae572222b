"""A list shows what is there now, though unchanged rows are rendered once."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.api.surfaces.kept import Kept

STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "change", "rename", "remove", "unfold"]), st.integers(0, 5)),
    max_size=12,
)


def test_a_changed_contact_is_shown_with_its_new_name(api):
    invoice = api.invoice()
    assert api.data("/invoices")[0]["contact"]["name"] == "Company 1"

    api.call("PATCH", f"/contacts/{invoice['contact_id']}", json={"company_name": "Renamed"})

    assert api.data("/invoices")[0]["contact"]["name"] == "Renamed"


def test_a_refused_change_leaves_the_list_as_it_was(api):
    invoice = api.invoice()
    listed = api.data("/invoices")

    answer = api.call("PATCH", f"/invoices/{invoice['id']}", json={"notes": "x", "lines": None})

    assert answer.status_code == 422
    assert api.data("/invoices") == listed == [invoice]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(STEPS)
def test_lists_with_and_without_the_memory_are_the_same(small_api, steps):
    api = small_api
    contact = api.contact()["id"]
    for deed, which in steps:
        drafts = api.data("/invoices?sort=oid")
        if deed == "add" or not drafts:
            api.invoice(str(which), contact_id=contact)
        elif deed == "rename":
            api.call("PATCH", f"/contacts/{contact}", json={"company_name": f"Name {which}"})
        else:
            path = f"/invoices/{drafts[which % len(drafts)]['id']}"
            if deed == "remove":
                api.call("DELETE", path)
            elif deed == "change":
                api.call("PATCH", path, json={"notes": f"note {which}"})
            else:
                line = {"description": "More", "unit_price": "1"}
                api.call("PATCH", path, json={"lines": [line] * which})
        listed = api.data("/invoices?sort=-oid")

        assert listed == [api.data(f"/invoices/{row['id']}") for row in listed]
        assert listed == _without_memory(api)


def _without_memory(api):
    rows, keep = Kept.rows, Kept.keep
    Kept.rows = lambda self, organisation, keys: [None] * len(keys)
    Kept.keep = lambda self, organisation, key, rendered: None
    try:
        return api.data("/invoices?sort=-oid")
    finally:
        Kept.rows, Kept.keep = rows, keep
