"""Text as a person would compare it, said without app.kernel."""

import re
import unicodedata


def folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def words(text: str | None) -> set[str]:
    """The words of the alphabet used here: letters of ASCII once their accents are off."""
    bare = unicodedata.normalize("NFKD", (text or "").casefold())
    return set(re.findall("[a-z0-9]+", re.sub("[\u0300-\u036f]", "", bare)))
