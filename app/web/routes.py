"""Every address that the pages answer, written down: a test compares it with what is mounted."""

from typing import Final

# Anyone may look at these.
OPEN_ROUTES: Final = (
    "/",
    "/clients/<client_id>/logo",
    "/demo",
    "/docs",
    "/docs/<name>",
    "/docs/errors",
    "/docs/errors/<slug>",
    "/docs/query",
    "/docs/search",
    "/playground",
    "/playground/oauth2-redirect.html",
    "/playground/parts/<version>/<name>",
    "/sign-in",
    "/sign-out",
    "/static/<version>/<path:name>",
)
# These lead to the sign-in page first.
SIGNED_IN_ROUTES: Final = (
    "/account/",
    "/account/connected-apps",
    "/account/connected-apps/<grant_id>/take-back",
    "/account/connected-apps/by-app/<client_id>/take-back",
    "/consent",
    "/portal/",
    "/portal/apps/<client_id>",
    "/portal/apps/new",
)
PUBLIC_ROUTES: Final = OPEN_ROUTES + SIGNED_IN_ROUTES
