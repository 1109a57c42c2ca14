"""A server on 127.0.0.1 that stands for S3, STS, the portal, a container and the metadata service, and notes who signs.

Each tool asks for a bucket with a name of its own, so requests of many tools and environments can be told apart.
"""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

END = "2099-01-01T00:00:00Z"
TOKEN = "token-of-the-container"
CREDENTIAL = re.compile(r"Credential=([^/]*)/[^/]*/([^/]*)/([^/]*)/")
ASSUMED = """<{0}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{0}Result><Credentials>
<AccessKeyId>{1}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
<Expiration>{2}</Expiration></Credentials><AssumedRoleUser><Arn>{3}</Arn><AssumedRoleId>A:b</AssumedRoleId></AssumedRoleUser>
</{0}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{0}Response>"""


def key_of(name):
    """Returns the access key id of an identity: its name in capitals, as long as AWS has them."""
    return ("ASIA" + re.sub("[^A-Z0-9]", "", name.upper())).ljust(20, "0")


class Recorder(ThreadingHTTPServer):
    """`seen[bucket]` is the key id, the region and the token of the first request for a bucket; the key id is None without a signature."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen, self.metadata = {}, set()
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        path = urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
        if path == "/container":
            return self.container()
        if self.headers.get("x-amz-sso_bearer_token") == "over":
            return self.json({"message": "Session token not found or invalid"}, 401)
        if path == "/federation/credentials":
            role = parse_qs(urlsplit(self.path).query)["role_name"][0]
            return self.json({"roleCredentials": {"accessKeyId": key_of(role), "secretAccessKey": "secret",
                              "sessionToken": "token", "expiration": 4070908800000}})
        if path.startswith("/latest") or path.startswith("/metadata"):
            return self.reply(404, "", "text/plain")
        form = parse_qs(body or urlsplit(self.path).query)
        action = form.get("Action", [""])[0]
        if action.startswith("AssumeRole"):
            arn = form["RoleArn"][0]
            text = ASSUMED.format(action, key_of(arn.rsplit("/")[-1]), END, arn)
            return self.reply(200, text, "text/xml")
        self.note(path.split("/")[1])
        return self.reply(404, "", "application/xml")

    do_GET = do_HEAD = do_PUT = do_POST = answer

    def note(self, bucket):
        found = CREDENTIAL.search(self.headers.get("Authorization") or "")
        self.server.seen.setdefault(bucket, (*found.groups()[:2], self.headers.get("X-Amz-Security-Token")) if found else (None, None, None))

    def container(self):
        if self.headers.get("Authorization") != TOKEN:
            return self.json({"code": "Refused", "message": "a wrong token"}, 401)
        return self.json({"AccessKeyId": key_of("container"), "SecretAccessKey": "secret", "Token": "token",
                          "Expiration": END, "AccountId": "111122223333"})

    def json(self, document, status=200):
        self.reply(status, json.dumps(document), "application/json")

    def reply(self, status, text, kind):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass
