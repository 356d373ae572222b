"""What ./run prints once everything answers: where to go, who to be, what to paste."""

from pathlib import Path
from typing import Any

from launch.instance import DEMO


def announce(found: dict[str, Any], directory: Path) -> None:
    """Print addresses, logins, a token, a curl, and the link that walks the consent flow."""
    base = found["base_url"]
    print("\n".join(["", *pages(base), "", *logins(found), "", *ways_in(found), ""]), flush=True)
    if found.get("migrated"):
        print("This instance was made by an older version and has been migrated; its demo data")
        print("stays as it was. To load the demo afresh, stop this and type: ./run reset\n")
    print(f"All of this is in {directory / DEMO}. Ctrl-C stops everything.", flush=True)


def pages(base: str) -> list[str]:
    """List the addresses worth opening."""
    return [
        f"Countinghouse serves at {base}",
        "",
        f"  portal       {base}/portal/",
        f"  account      {base}/account/",
        f"  reference    {base}/docs",
        f"  playground   {base}/playground   (sign in as whoever has the sandbox, below)",
    ]


def logins(found: dict[str, Any]) -> list[str]:
    """List the demo people with their passwords."""
    names = {place["id"]: place["name"] for place in found["organisations"]}
    lines = ["Sign in as (demo data):"]
    for user in found["users"]:
        belongs = ", ".join(names.get(place, place) for place in user["organisations"])
        second = f"  totp {user['totp_secret']}" if user.get("totp_secret") else ""
        lines.append(f"  {user['email']}  {user['password']}{second}  ({belongs})")
    return lines


def ways_in(found: dict[str, Any]) -> list[str]:
    """Show the token, the curl that uses it, and the first link to click."""
    token = found.get("access_token")
    return [
        *([f"Access token, for half an hour: {token}"] if token else []),
        f"  {found['curl']}",
        "",
        f"Walk the whole consent flow in one click: {found['start_url']}",
    ]
