"""Mount the pages: their cookies, keys, templates' words, views and errors."""

from typing import Final

from flask import Flask

from app.gateway.limiter.decision import Limiter
from app.kernel.secrets import derive
from app.oauth.policy import OAuthPolicy
from app.web import assets, authorize, consent, home, logos, sign_in, words
from app.web.account import connected_apps, overview
from app.web.cookies import FORM, cookie_name
from app.web.docs import builder, playground
from app.web.docs import pages as docs
from app.web.errors import mount_errors
from app.web.form_session import FormSessions
from app.web.forms import form_token
from app.web.guesses import guessing_plans
from app.web.policy import WebPolicy
from app.web.portal import apps, new_app
from app.web.surroundings import EXTENSION, Surroundings

BLUEPRINTS: Final = (
    home.blueprint,
    sign_in.blueprint,
    authorize.blueprint,
    consent.blueprint,
    overview.blueprint,
    connected_apps.blueprint,
    apps.blueprint,
    new_app.blueprint,
    logos.blueprint,
    docs.blueprint,
    builder.blueprint,
    playground.blueprint,
    assets.blueprint,
)
WORDS: Final = (
    words.code_spans,
    words.day,
    words.moment,
    words.machine_time,
    words.role_title,
    words.initials,
)


def mount(
    flask: Flask, policy: WebPolicy, *, oauth: OAuthPolicy, limiter: Limiter, root_key: bytes
) -> None:
    """Mount every page, and the error pages that stand wherever no other door answers."""
    environment = "development" if policy.development else "production"
    flask.config.update(
        SECRET_KEY=derive(root_key, purpose=f"form cookie {environment}"),
        SESSION_COOKIE_NAME=cookie_name(FORM, policy=policy),
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_SECURE=policy.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A token holds as long as the form cookie does: who reads slowly is not refused.
        WTF_CSRF_TIME_LIMIT=None,
    )
    flask.extensions[EXTENSION] = Surroundings(
        policy=policy,
        oauth=oauth,
        limiter=limiter,
        plans=guessing_plans(policy),
        device_key=derive(root_key, purpose=f"known device {environment}"),
    )
    flask.session_interface = FormSessions()
    flask.jinja_env.trim_blocks = True
    flask.jinja_env.lstrip_blocks = True
    flask.jinja_env.globals.update(asset=assets.asset, csrf_token=form_token)
    flask.jinja_env.filters.update({word.__name__: word for word in WORDS})
    mount_errors(flask)
    for blueprint in BLUEPRINTS:
        flask.register_blueprint(blueprint)
