"""Nothing in the project names a place on the machine where it was written."""

import re

from tests.rules.source import files, place

# Spelt in pieces, so that this file passes its own rule.
PLACES = re.compile("|".join(("/" + "work/", "/" + "root/", r"/home/\w+/", r"\." + "library")))


def test_no_file_names_a_place_on_one_machine():
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{place(path)}: {hit.group()}" for hit in PLACES.finditer(text)]

    assert not found
