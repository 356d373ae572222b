"""Lifetimes of what is issued (oauth.md §5.3, §5.5 and §5.6)."""

from typing import Final

DAY_S: Final = 86_400

CODE_LIFETIME_S: Final = 60
ACCESS_TOKEN_LIFETIME_S: Final = 1_800
CODE_TOMBSTONE_S: Final = ACCESS_TOKEN_LIFETIME_S + 60
REFRESH_IDLE_LIFETIME_S: Final = 60 * DAY_S
REFRESH_ABSOLUTE_LIFETIME_S: Final = 365 * DAY_S
REPLAY_WINDOW_S: Final = {"public": 30, "confidential": 60}
REPLAYS_MAX: Final = 20
REPLAYED_GENERATIONS_MAX: Final = 3
SWEPT_PER_ISSUE_ROWS: Final = 20
