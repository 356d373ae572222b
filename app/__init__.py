"""Countinghouse: authorization server, API gateway and developer portal."""

from app.create import create_app as create_app
