"""Commands for operators: `flask --app wsgi …`, or `./run cli …`."""
