"""The web server's first process: granian's own command, with the application imported before it.

Its web processes are forked from this one, so what is imported here is imported once. Unlike the
rest of this folder it runs inside the environment.
"""

import runpy

import app.create  # noqa: F401 - imported so that the web processes find it imported

if __name__ == "__main__":
    runpy.run_module("granian", run_name="__main__", alter_sys=True)
