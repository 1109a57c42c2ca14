"""A stand-in for AWS on loopback: answers STS, the SSO portal, its OIDC service, S3 and a container endpoint, and notes
who asked, and how.

Usage: server.py PORT_FILE LOG. The log has one line a request: METHOD PATH KEY TOKEN, then the STS arguments, or the token
of the SSO session that the portal was asked with.
KEY is the access key id that signed, `unsigned` when none did. TOKEN is the security token, `-` when the header is
missing, `empty` when it is there without a value. PATH begins with `proxied:` when this server was asked as a proxy.
"""
import http.server
import json
import re
import sys
import time
import urllib.parse

PORT_FILE, LOG = sys.argv[1:3]
STS = '<{0}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{0}Result>{1}</{0}Result></{0}Response>'
USER = "<Arn>arn:aws:sts::111122223333:assumed-role/Admin/me</Arn><UserId>AROA:me</UserId><Account>111122223333</Account>"
KEYS = (
    "<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
    "<SessionToken>role-token</SessionToken><Expiration>{}</Expiration></Credentials>"
    "<AssumedRoleUser><AssumedRoleId>AROA:me</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/Admin/me</Arn>"
    "</AssumedRoleUser>"
)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self, path, body):
        signed = re.search(r"Credential=([^/]*)", self.headers.get("Authorization") or "")
        token = self.headers.get("x-amz-security-token")
        word = "-" if token is None else token or "empty"
        with open(LOG, "a") as log:
            log.write(f"{self.command} {path} {signed.group(1) if signed else 'unsigned'} {word} {body}\n")

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        address = urllib.parse.urlparse(self.path)
        path = address.path
        arguments = body if body.startswith("Action=") else self.headers.get("x-amz-sso_bearer_token", "")
        self.note(f"proxied:{path}" if address.scheme else path, arguments)
        hour = time.time() + 3600
        status, text, kind = "200 OK", "{}", "application/json"
        if path == "/federation/credentials":
            keys = {"accessKeyId": "ASIASSO", "secretAccessKey": "secret", "sessionToken": "sso-token"}
            text = json.dumps({"roleCredentials": {**keys, "expiration": int(hour) * 1000}})
        elif path == "/container":
            end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(hour))
            keys = {"AccessKeyId": "ASIACONTAINER", "SecretAccessKey": "secret", "Token": "container-token"}
            text = json.dumps({**keys, "Expiration": end})
        elif path == "/container/refused":
            status, text = "403 Forbidden", json.dumps({"code": "AccessDenied", "message": "sign in first"})
        elif path == "/latest/api/token":
            text, kind = "metadata-token", "text/plain"
        elif path == "/latest/meta-data/iam/security-credentials/":
            text, kind = "machine", "text/plain"
        elif path == "/latest/meta-data/iam/security-credentials/machine":
            end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(hour))
            keys = {"AccessKeyId": "ASIAMACHINE", "SecretAccessKey": "secret", "Token": "machine-token"}
            text = json.dumps({"Code": "Success", "Type": "AWS-HMAC", **keys, "Expiration": end, "LastUpdated": end})
        elif path == "/token":
            text = json.dumps({"accessToken": "fresh", "expiresIn": 3600, "tokenType": "Bearer", "refreshToken": "next"})
        elif "Action=" in body:
            action = urllib.parse.parse_qs(body)["Action"][0]
            end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(hour))
            text, kind = STS.format(action, USER if action == "GetCallerIdentity" else KEYS.format(end)), "text/xml"
        data = text.encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n\r\n"
        self.wfile.write(head.encode() + (b"" if self.command == "HEAD" else data))

    do_GET = do_POST = do_PUT = do_HEAD = answer


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(PORT_FILE, "w") as file:
    file.write(str(server.server_port))
server.serve_forever()
