"""Where the query builder shows a query."""

from urllib.parse import urlencode


def builder_address(resource: str, query: str) -> str:
    """The address at which the builder shows a query string of a resource's list."""
    return f"/docs/query?{urlencode({'resource': resource, 'query': query})}"
