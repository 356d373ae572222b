"""Bodies that are nearly right, for what must refuse them exactly where they are wrong."""

import re
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from app.api.resources.resource import Many, Shape

ODD = (
    *("", "x", "a\nb", "x\n", "a\x00b", "\x7f", "é" * 51, "NaN", "Infinity", "1_000", " 1", "1 "),
    *("1e3", "1\n", "+1", ".5", "1.", "0.1234567", "-0", "12.5", "1" * 16, "company", "billing"),
    *("2026-02-28", "2026-02-30", "2026-2-3", "20260228", "2026-02-28T00:00:00Z", "AU", "aud"),
    *("con_01JD0000000000000000000000", "con_1", "tax_01JD0000000000000000000000\n"),
    *(None, True, False, 0, 1, -1, 7, 2**63 - 1, 2**63, 10**15, 10**30, -(10**15) + 1),
    *(Decimal("0.1"), Decimal("1.0"), Decimal("1.5"), Decimal("1E+3"), Decimal("1E-7")),
    *([], {}, [None], ["x"], {"x": 1}, [[]]),
)
NEEDED = re.compile(r"/(contact_id|lines|description|unit_price)$")
odd = st.sampled_from(ODD) | st.text(max_size=60)


def bodies(shape: Shape, *, leaves: st.SearchStrategy[Any] = odd) -> st.SearchStrategy[Any]:
    """Bodies that are nearly right: every field may hold anything, lists hold nearly right too."""
    fields = {
        declared.name: (
            st.lists(bodies(declared.shape) | odd, max_size=3) | odd
            if isinstance(declared, Many)
            else leaves
        )
        for declared in shape.shown
        if isinstance(declared, Many) or declared.access in ("editable", "names")
    }
    return st.fixed_dictionaries({}, optional=fields)
