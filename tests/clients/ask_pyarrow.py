"""Asks S3 with pyarrow, which has the SDK for C++."""

import os

from asking import ask_repeatedly
from pyarrow import fs

s3 = fs.S3FileSystem(
    scheme="http", endpoint_override=os.environ["AWS_ENDPOINT_URL"].removeprefix("http://"), region="eu-west-1"
)


def ask():
    found = s3.get_file_info("bucket/key")
    assert found.type == fs.FileType.File, found


ask_repeatedly("pyarrow", ask)
