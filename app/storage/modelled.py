"""What of a database is compared with the models, when migrations are checked against them."""

from typing import Any

from app.storage.search import INDEX


def is_modelled(found: Any, name: str | None, kind: str, *_reflected: Any) -> bool:
    """Whether Alembic should compare it: text indexes are made by migrations alone.

    An index of one database only is not asked for on the other, and Alembic would.
    """
    if name is not None and name.startswith(INDEX):
        return False
    return kind != "index" or getattr(found, "_ddl_if", None) is None
