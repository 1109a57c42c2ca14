"""Asks STS with boto3."""

import boto3
from asking import ask_repeatedly

sts = boto3.client("sts")
ask_repeatedly("boto3", sts.get_caller_identity)
