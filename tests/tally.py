"""Counts each test once, and the real services it ran on, for the closing lines of ./run test."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

SERVICE = "service"


class Tally:
    """Follows the reports in the session's first process."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.services: dict[str, set[object]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep a test's outcome; one that fails while tidying up has failed."""
        if report.when == "call" or not report.passed:
            self.outcomes[report.nodeid] = report.outcome
        if report.when == "call":
            noted = {name for key, name in report.user_properties if key == SERVICE}
            self.services[report.nodeid] = noted

    def pytest_sessionfinish(self) -> None:
        """Leave the counts where ./run test looks for them."""
        place = os.environ.get("COUNTINGHOUSE_TALLY")
        if place:
            Path(place).write_text(json.dumps(self.counts()))

    def counts(self) -> Counter[str]:
        """Count outcomes, and tests that ran to their end on each service."""
        counts = Counter(self.outcomes.values())
        for services in self.services.values():
            counts.update(map(str, services))
        return counts
