"""Says for each case who boto3 is, and what it asked AWS on the way.

Reads a JSON list of {"environment", "profile"} from stdin; writes a list of {"arn" or "error", "requests"}.
"""

import functools
import json
import os
import sys
import urllib.request

import boto3
import botocore.credentials


def nobody(prompt):
    raise EOFError("nobody is here to ask")


def control(method, what):
    url = f"{os.environ['AWS_ENDPOINT_URL']}/_standin/{what}"
    request = urllib.request.Request(url, method=method, data=b"" if method == "POST" else None)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def who(profile):
    session = boto3.Session(profile_name=profile)
    return session.client("sts", region_name="eu-west-1").get_caller_identity()["Arn"]


def answer(case):
    os.environ.clear()
    os.environ.update(case["environment"])
    control("POST", "reset")
    try:
        result = {"arn": who(case["profile"])}
    except Exception as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    return {**result, "requests": control("GET", "requests")}


botocore.credentials.AssumeRoleProvider.__init__ = functools.partialmethod(
    botocore.credentials.AssumeRoleProvider.__init__, prompter=nobody
)
json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
