"""The S3 server of the local stack keeps bytes and refuses a wrong key."""

import pytest
from botocore.exceptions import ClientError

from portal.local import s3
from portal.local.processes import free_port

KEY, SECRET = "local-key-0001", "local-secret-0001"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    port = free_port()
    process = s3.start(
        folder=tmp_path_factory.mktemp("stack"), port=port, key=KEY, secret=SECRET, buckets=("one",)
    )
    yield s3.endpoint(port)
    process.stop()


def test_object_is_read_back(server):
    client = s3.client(server, KEY, SECRET)

    client.put_object(Bucket="one", Key="folder/file.bin", Body=b"\x00bytes")

    assert client.get_object(Bucket="one", Key="folder/file.bin")["Body"].read() == b"\x00bytes"


def test_part_of_an_object_is_read(server):
    client = s3.client(server, KEY, SECRET)

    client.put_object(Bucket="one", Key="long.bin", Body=bytes(range(100)))

    part = client.get_object(Bucket="one", Key="long.bin", Range="bytes=10-19")["Body"].read()
    assert part == bytes(range(10, 20))


def test_wrong_secret_is_refused(server):
    stranger = s3.client(server, KEY, "another-secret-0001")

    with pytest.raises(ClientError):
        stranger.put_object(Bucket="one", Key="stolen", Body=b"")


def test_buckets_are_made_once(server):
    s3.make_buckets(server, KEY, SECRET, ("one", "two"))

    names = [b["Name"] for b in s3.client(server, KEY, SECRET).list_buckets()["Buckets"]]
    assert sorted(names) == ["one", "two"]
