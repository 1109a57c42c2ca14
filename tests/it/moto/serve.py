"""moto's IAM and STS with a user, a role, and signatures that are checked from then on; until stdin ends.

Prints one line: where it listens, and the user's keys.
"""

import json
import logging
import os
import sys

os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION="eu-west-1")
CHECKED = sys.argv[1] == "checked"
if CHECKED:
    # The five calls below are not.
    os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "5"

import boto3  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

logging.getLogger("werkzeug").disabled = True
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
url = "http://{}:{}".format(*server.get_host_and_port())


def policy(action, **more):
    statement = {"Effect": "Allow", "Action": action, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


iam = boto3.client("iam", endpoint_url=url)
iam.create_user(UserName="me")
iam.put_user_policy(UserName="me", PolicyName="all", PolicyDocument=policy("*", Resource="*"))
iam.create_role(RoleName="Target", AssumeRolePolicyDocument=policy("sts:AssumeRole", Principal={"AWS": "*"}))
iam.put_role_policy(RoleName="Target", PolicyName="all", PolicyDocument=policy("*", Resource="*"))
key = iam.create_access_key(UserName="me")["AccessKey"]
print(json.dumps({"url": url, "id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}), flush=True)
sys.stdin.read()
