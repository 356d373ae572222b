"""What Ledgerline was told when it was registered, from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


class Incomplete(Exception):
    """A variable is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the server and this app are, and this app's credentials there."""

    port: int
    url: str
    server_url: str
    client_id: str
    client_secret: str
    scope: str

    @property
    def redirect_uri(self) -> str:
        return f"{self.url}/callback"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the environment. Raises Incomplete, naming everything that is missing."""
    needed = ("DEMO_PORT", "DEMO_SERVER_URL", "DEMO_CLIENT_ID", "DEMO_CLIENT_SECRET")
    missing = [name for name in needed if not environ.get(name)]
    if missing:
        raise Incomplete(f"The demo app needs {', '.join(missing)}.")
    port = int(environ["DEMO_PORT"])
    return Settings(
        port=port,
        url=environ.get("DEMO_URL") or f"http://127.0.0.1:{port}",
        server_url=environ["DEMO_SERVER_URL"].rstrip("/"),
        client_id=environ["DEMO_CLIENT_ID"],
        client_secret=environ["DEMO_CLIENT_SECRET"],
        scope=environ.get("DEMO_SCOPE") or "invoices:read offline_access",
    )
