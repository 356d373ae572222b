"""Where a browser goes after signing in: a path of this site, or the account."""

import re
from typing import Final

START: Final = "/account/"
PATH_CHARACTERS_MAX: Final = 16_384

# One slash, then neither a second one nor a backslash (browsers read it as a slash), then
# printable ASCII alone: browsers drop tabs and line breaks, which would glue `/` and `/` together.
_LOCAL = re.compile(r"/(?![/\\])[!-\[\]-~]*")


def local_path(text: str | None) -> str:
    """The path and query to go to, where `text` is one of this site's, else the account's."""
    if not text or len(text) > PATH_CHARACTERS_MAX or _LOCAL.fullmatch(text) is None:
        return START
    return text
