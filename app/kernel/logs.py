"""Log lines: one JSON object a line on standard error, whoever writes them."""

import logging
import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TextIO

import structlog

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# What may stand beside the text of a line from logging, which other handlers add to as well.
EXTRAS: Final = ("request",)
# Libraries that say more than may be written down: below INFO authlib tells token pairs, and
# below WARNING SQLAlchemy tells the values of every statement.
LEAST: Final[Mapping[str, int]] = MappingProxyType(
    {
        "authlib": logging.INFO,
        "urllib3": logging.INFO,
        "sqlalchemy": logging.WARNING,
        "alembic": logging.WARNING,
    }
)


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at that moment, as tests and servers exchange it."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # as logging's own last resort does it
        return sys.stderr


def configure_logging(level: str) -> None:
    """Have structlog and logging write lines of this level (one of LEVELS) and above.

    Standard output stays free for what commands answer. Calling it again replaces what was set.
    """
    told: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *told,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*told, structlog.stdlib.ExtraAdder(allow=EXTRAS)],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    for before in [known for known in root.handlers if isinstance(known, StandardError)]:
        root.removeHandler(before)
    root.addHandler(handler)
    root.setLevel(level)
    for name, least in LEAST.items():
        logging.getLogger(name).setLevel(max(least, logging.getLevelNamesMapping()[level]))
