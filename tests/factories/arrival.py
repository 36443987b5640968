"""A tus client for tests, and the jobs that follow what it sends."""

import base64

from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from dossiers import jobs
from portal.vault.arrival import jobs as arrival_jobs
from portal.vault.arrival.models import Upload
from tests.factories.accounts import as_worker

RESUMABLE = {"HTTP_TUS_RESUMABLE": "1.0.0"}
PIECE = "application/offset+octet-stream"
RUN = {
    "dossiers.receive_upload": jobs.receive_upload,
    "dossiers.bind_album": jobs.bind_album,
    "vault.clear_upload": arrival_jobs.clear_upload,
}


def begin_url(dossier, rule="passport", side="dossiers"):
    return reverse("dossiers:uploads", args=[dossier.pk, rule], current_app=side)


def named(name):
    """The metadata that says a file's name."""
    return f"filename {base64.b64encode(name.encode()).decode()}"


def begin(client, dossier, size, *, rule="passport", name="passeport.jpg", query="", **headers):
    """Ask for an upload of so many bytes; the answer."""
    said = {"HTTP_UPLOAD_LENGTH": str(size), "HTTP_UPLOAD_METADATA": named(name)}
    url = begin_url(dossier, rule) + query
    return client.post(url, b"", content_type="text/x-none", **RESUMABLE | said | headers)


def patch(client, url, data, offset, **headers):
    """Send one piece; the answer."""
    return client.patch(
        url, data, content_type=PIECE, HTTP_UPLOAD_OFFSET=str(offset), **RESUMABLE | headers
    )


def offset_of(client, url):
    """How far the server says the upload is."""
    return int(client.head(url, **RESUMABLE)["Upload-Offset"])


def send(client, dossier, data, **options):
    """Send a whole file in one piece; the address of its upload."""
    url = begin(client, dossier, len(data), **options)["Location"]
    assert patch(client, url, data, 0).status_code == 204
    return url


def run_jobs(*names):
    """Run what waits in the queue, as the worker does; how many jobs there were."""
    waiting = ProcrastinateJob.objects.filter(task_name__in=names or RUN, status="todo")
    count = 0
    for line in waiting.order_by("id"):
        with as_worker():
            RUN[line.task_name](**line.args)
        count += 1
    return count


def upload_at(url):
    """The row of an upload, by its address."""
    return Upload.objects.get(pk=url.rstrip("/").rpartition("/")[2])
