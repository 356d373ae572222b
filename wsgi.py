"""The WSGI entry: `granian --interface wsgi wsgi:application`."""

from app import create_app
from app.domain.identity.installation import DemoRefused
from app.settings import UnsafeSettings

try:
    application = create_app()
except (UnsafeSettings, DemoRefused) as refusal:
    # Whoever starts it needs the faults, not where in the code they were found.
    raise SystemExit(str(refusal)) from None
