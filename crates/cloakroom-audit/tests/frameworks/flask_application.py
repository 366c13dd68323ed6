"""An application of Flask, set up as its documentation begins: a secret of its own, everything else left alone."""

import os
import secrets
import sys

sys.path.insert(0, sys.argv[1])

from flask import Flask, session  # noqa: E402

app = Flask(__name__)
app.secret_key = secrets.token_hex()
# The report's fixes, pasted.
exec(os.environ.get("FIXES", ""))


@app.get("/")
def index():
    session["visits"] = session.get("visits", 0) + 1
    return f"<p>{session['visits']}"


app.run("127.0.0.1", int(sys.argv[2]))
