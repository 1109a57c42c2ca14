"""Makes one request with a Python library in each of many environments, each in a process of its own.

`probes.py LIBRARY` reads lines of JSON on stdin: {"bucket", "url", "environment"}.
"""

import json
import os
import sys


def boto3():
    import boto3
    from botocore.config import Config

    def ask(bucket, url):
        config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
        boto3.Session().client("s3", endpoint_url=url, config=config).head_bucket(Bucket=bucket)

    return ask


def minio():
    import urllib3
    from minio import Minio
    from minio.credentials import AWSConfigProvider, ChainedProvider, EnvAWSProvider, IamAwsProvider

    def ask(bucket, url):
        http = urllib3.PoolManager(retries=False, timeout=2)
        chain = ChainedProvider([EnvAWSProvider(), AWSConfigProvider(), IamAwsProvider(http_client=http)])
        chain.retrieve()
        Minio(url.split("//")[1], secure=False, credentials=chain, region="us-east-1", http_client=http).bucket_exists(bucket)

    return ask


def obstore():
    import obstore.store

    def ask(bucket, url):
        store = obstore.store.S3Store(
            bucket, endpoint=url, client_options={"allow_http": True, "timeout": "3s"}, metadata_endpoint=url + "/metadata",
            virtual_hosted_style_request=False, retry_config={"max_retries": 0})
        store.head("x")

    return ask


def deltalake():
    import deltalake

    def ask(bucket, url):
        options = {"aws_endpoint": url, "allow_http": "true", "aws_metadata_endpoint": url + "/metadata", "max_retries": "0",
                   "aws_virtual_hosted_style_request": "false", "timeout": "3s"}
        deltalake.DeltaTable(f"s3://{bucket}/t", storage_options=options)

    return ask


def polars():
    import polars

    def ask(bucket, url):
        options = {"aws_endpoint_url": url, "allow_http": "true"} if "boto3" in sys.argv else {
            "aws_endpoint_url": url, "aws_allow_http": "true", "aws_metadata_endpoint": url + "/metadata"}
        polars.scan_parquet(f"s3://{bucket}/x.parquet", storage_options={**options, "max_retries": 0}).collect()

    return ask


def pyarrow():
    from pyarrow import fs

    def ask(bucket, url):
        host = url.split("//")[1]
        fs.S3FileSystem(endpoint_override=host, scheme="http", retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=1)
                        ).get_file_info(bucket + "/x")

    return ask


def duckdb():
    import duckdb
    import duckdb_ext

    def ask(bucket, url):
        host = url.split("//")[1]
        extensions = os.path.join(next(iter(duckdb_ext.__path__)), "extensions")
        db = duckdb.connect(config={"extension_directory": extensions})
        db.sql("LOAD httpfs; LOAD aws; SET http_retries = 0")
        db.sql(f"CREATE SECRET (TYPE s3, PROVIDER credential_chain, ENDPOINT '{host}', USE_SSL false, URL_STYLE 'path')")
        db.sql(f"SELECT * FROM read_csv('s3://{bucket}/x.csv')").fetchall()

    return ask


def tiledb():
    import tiledb

    def ask(bucket, url):
        config = {"vfs.s3.endpoint_override": url.split("//")[1], "vfs.s3.scheme": "http", "vfs.s3.connect_max_tries": 1,
                  "vfs.s3.use_virtual_addressing": "false"}
        tiledb.VFS(ctx=tiledb.Ctx(config)).is_file(f"s3://{bucket}/x")

    return ask


def rasterio():
    import rasterio
    from rasterio.session import DummySession

    def ask(bucket, url):
        with rasterio.Env(DummySession(), AWS_S3_ENDPOINT=url.split("//")[1], AWS_HTTPS="NO", AWS_VIRTUAL_HOSTING=False,
                          GDAL_DISABLE_READDIR_ON_OPEN=True, GDAL_HTTP_TIMEOUT=4):
            rasterio.open(f"/vsis3/{bucket}/x.tif")

    return ask


def ansible():
    from ansible.module_utils import basic
    from ansible_collections.amazon.aws.plugins.modules import aws_caller_info

    def ask(bucket, url):
        os.environ["AWS_ENDPOINT_URL_STS"] = f"{url}/{bucket}"
        basic._ANSIBLE_ARGS = b'{"ANSIBLE_MODULE_ARGS": {}}'
        basic._ANSIBLE_PROFILE = "legacy"
        aws_caller_info.main()

    return ask


def main():
    ask = globals()[sys.argv[1]]()
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            os.environ.clear()
            os.environ.update(job["environment"])
            with open(os.devnull if not os.environ.get("SHOW") else "/dev/stderr", "w") as quiet:
                os.dup2(quiet.fileno(), 1)
                os.dup2(quiet.fileno(), 2)
                try:
                    ask(job["bucket"], job["url"])
                except BaseException as error:
                    print(type(error).__name__, str(error)[:300], file=sys.stderr, flush=True)
                os._exit(0)
        os.waitpid(child, 0)


main()
