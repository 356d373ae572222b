"""Keep the demo's random passwords and secrets beside the database, for its owner's eyes alone."""

import os
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from app.seed.demo import Demo

FILE_NAME: Final = "demo-secrets.json"


def keep(demo: Demo, *, instance: Path) -> None:
    """Write the file whole, in mode 0600."""
    descriptor, name = tempfile.mkstemp(dir=instance, prefix=f".{FILE_NAME}.")
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(demo)))
    Path(name).replace(instance / FILE_NAME)


def kept(*, instance: Path) -> Demo | None:
    """What was kept, or None where nothing was or it cannot be read."""
    try:
        return msgspec.json.decode((instance / FILE_NAME).read_bytes(), type=Demo)
    except (OSError, msgspec.MsgspecError):
        return None
