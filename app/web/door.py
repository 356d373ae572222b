"""What every page of ours has in common, whichever file it is in."""

from flask import Blueprint

from app.web.forms import check_form
from app.web.pages import finish


def guarded(blueprint: Blueprint) -> Blueprint:
    """Check every form sent to these views, and give every answer of theirs its headers."""
    blueprint.before_request(check_form)
    blueprint.after_request(finish)
    return blueprint
