"""./run cli: the application's own commands, in the environment of the instance."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from launch import environment, instance
from launch.places import ROOT
from launch.preparation import Preparation

if TYPE_CHECKING:
    from launch.commands import Options


def cli(options: "Options", words: list[str]) -> int:
    """Run one command; its standard output is its own, so that --json can be read."""
    environment.runtime()
    instance.open_instance(options.instance)
    environ = instance.variables(options.instance, port=options.port)
    migrate(options.instance, environ)
    os.chdir(ROOT)
    sys.stdout.flush()
    spelt = instance.flask(*words)
    os.execve(spelt[0], spelt, environ)  # noqa: S606 - no shell is what is wanted


def migrate(directory: Path, environ: Mapping[str, str]) -> None:
    """Bring a database of development up to date first, where no start has done so yet."""
    is_known = instance.is_known(directory, environ, instance.MIGRATED)
    if is_known or environ["COUNTINGHOUSE_ENV"] != "development":
        return
    Preparation(directory, environ, "db", "upgrade").finish()
    instance.keep_state(directory, **{instance.MIGRATED: instance.fingerprint(environ)})
