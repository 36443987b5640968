"""A real S3 server on loopback, from the rclone program, with its buckets."""

import os
import sys
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from portal.local.errors import LocalError
from portal.local.processes import LOOPBACK, Process, listens

BUCKETS = ("portal-evidence", "portal-letters", "portal-keys", "portal-media")
REGION = "fr-local-1"
STARTS_WITHIN = 30.0


def endpoint(port: int) -> str:
    return f"http://{LOOPBACK}:{port}"


def process(*, folder: Path, port: int, key: str, secret: str) -> Process:
    """The server, not started; objects are plain files under `folder/s3`."""
    program = Path(sys.prefix) / "bin" / "rclone"
    if not program.exists():
        raise LocalError("No rclone for this platform: set PORTAL_S3_ENDPOINT to an S3 service.")
    command = [
        str(program), "serve", "s3", str(folder / "s3"),
        "--addr", f"{LOOPBACK}:{port}",
        "--config", "",
        "--vfs-cache-mode", "full",
        "--vfs-write-back", "0s",
        "--cache-dir", str(folder / "s3-cache"),
    ]  # fmt: skip
    (folder / "s3").mkdir(parents=True, exist_ok=True)
    # The keys go by the environment: a command line is readable by every account.
    # rclone reads a list there, hence the quotes around the pair.
    environment = dict(os.environ, RCLONE_AUTH_KEY=f'"{key},{secret}"')
    return Process("s3", command, folder=folder, environment=environment)


def start(
    *, folder: Path, port: int, key: str, secret: str, buckets: tuple[str, ...] = BUCKETS
) -> Process:
    """Start the server, wait for it and make the buckets."""
    server = process(folder=folder, port=port, key=key, secret=secret)
    server.start()
    server.wait_ready(lambda: listens(port), within=STARTS_WITHIN)
    make_buckets(endpoint(port), key, secret, buckets)
    return server


def make_buckets(url: str, key: str, secret: str, buckets: tuple[str, ...] = BUCKETS) -> None:
    """Make the buckets that do not exist yet."""
    s3 = client(url, key, secret)
    for name in buckets:
        try:
            s3.head_bucket(Bucket=name)
        except ClientError:
            s3.create_bucket(Bucket=name)


def client(url: str, key: str, secret: str):  # type: ignore[no-untyped-def]
    """A boto3 client with the options that every S3 server understands."""
    return boto3.client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        region_name=REGION,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            retries={"max_attempts": 2},
            connect_timeout=5,
            read_timeout=30,
            proxies={},
        ),
    )
