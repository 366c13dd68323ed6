"""An application that asks cloakroom whether each request may pass. Python 3, standard library only."""

import json
import os
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

SIGN_IN = urlsplit(os.environ["CLOAKROOM_URL"])  # where the gateway is, such as http://login.localhost:7464
KEY = os.environ["CLOAKROOM_KEY"]  # of `cloakroom api-key create NAME --scope verify`
ORIGIN = os.environ["ORIGIN"]  # of this application, as its browsers and the gateway's configuration know it
SENT = ["accept", "access-control-request-method", "origin", "referer", "sec-fetch-mode", "sec-fetch-site", "upgrade"]


def verify(method, path, headers, address):
    """What is to become of a request; whatever goes wrong, it does not pass."""
    sent = {name.replace("-", "_"): headers[name] for name in SENT if headers[name] is not None}
    question = {"method": method, "url": ORIGIN + path, "address": address, "headers": sent,
                "cookie": "; ".join(headers.get_all("Cookie", []))}
    connect = HTTPSConnection if SIGN_IN.scheme == "https" else HTTPConnection
    connection = connect(SIGN_IN.hostname, SIGN_IN.port, timeout=5)
    try:
        fields = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        connection.request("POST", "/_cloakroom/api/v1/verify", json.dumps(question), fields)
        answer = connection.getresponse()
        return json.load(answer) if answer.status == 200 else {"decision": "unavailable"}
    except (OSError, ValueError):
        return {"decision": "unavailable"}
    finally:
        connection.close()


class Application(BaseHTTPRequestHandler):
    def do_GET(self):
        verdict = verify(self.command, self.path, self.headers, self.client_address[0])
        if verdict["decision"] == "pass":
            visitor = verdict["visitor"]
            return self.answer(200, f"hello {visitor['user']['name'] if visitor else 'stranger'}\n")
        if "login_url" in verdict:
            is_page = self.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
            return self.answer(303 if is_page else 401, "sign in\n", ("Location", verdict["login_url"]))
        self.answer(503 if verdict["decision"] == "unavailable" else 403, verdict["decision"] + "\n")

    do_POST = do_GET

    def answer(self, status, text, *fields):
        self.send_response(status)
        for name, value in (("Content-Length", str(len(text))), ("Cache-Control", "no-store"), *fields):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Application).serve_forever()
