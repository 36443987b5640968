"""The object store as the portal needs it, on any S3 server."""

from botocore.config import Config
from storages.backends.s3 import S3Storage


class ObjectStorage(S3Storage):
    """S3 with short time limits, few retries, and checksums only where the server knows them."""

    def __init__(self, **settings):
        """Build the client configuration once; a store that hangs must not hold a request."""
        super().__init__(**settings)
        self.client_config = Config(
            s3={"addressing_style": self.addressing_style},
            signature_version=self.signature_version,
            connect_timeout=3,
            read_timeout=15,
            retries={"max_attempts": 2},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
