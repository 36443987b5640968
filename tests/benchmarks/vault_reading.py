"""What reading a document costs: one page image, and the previews that a worker makes.

    .venv/bin/python -m tests.benchmarks.vault_reading [--rounds 9] [--times 20] [--pages 10]

The image of a page is asked for by an agent, with everything that the portal adds: the rights of
this moment, the line in the journal, the bytes opened and verified. Beside it, a bare Django view
behind the same session finds the row, and gives the same bytes from a plain file. Both answers
are small and come whole, so that the time of the request is the time to the first byte.

Then one document of ten full pages of text and one of ten scanned pages are judged as a worker
does, without an antivirus: CPU of the worker and of the processes apart that it starts. Nothing is
asserted: read the ratio, goal 3, and the seconds, goal 2.
"""

import argparse
import io
import os
import random
import resource
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

import pikepdf
from django.conf import settings
from django.http import FileResponse, Http404
from django.test import Client
from django.urls import reverse
from PIL import Image

from portal.core.door import acting
from portal.core.policy import ANYONE, Policy, route
from portal.vault import api as vault
from portal.vault.models import StoredFile
from tests.benchmarks.measuring import paired
from tests.benchmarks.places import fresh_clone
from tests.factories.accounts import UserFactory
from tests.factories.vault import judged
from tests.portal.vault import samples

LETTERS = "abcdefghijklmnopqrstuvwxyz     "


def bare(request, file_id, path):
    """The row, whether it is of the reader's office, and a file of the disk."""
    stored = StoredFile.objects.kept().filter(pk=file_id).first()
    if stored is None or stored.prefecture_code not in request.user.prefectures:
        raise Http404
    return FileResponse(Path(f"/{path}").open("rb"), content_type="image/webp")


class Urls:
    """The portal's addresses, and the bare view's beside them."""

    def __init__(self):
        from portal import urls  # noqa: PLC0415 -- after setup

        self.urlpatterns = [
            route(
                "agent/bare/<uuid:file_id>/<path:path>",
                bare,
                name="bare",
                policy=Policy("agent", ANYONE),
            ),
            *urls.urlpatterns,
        ]


def text_pages(pages: int) -> bytes:
    """A document of so many pages full of words."""
    chance = random.Random(1)
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    for _page in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        lines = ["BT /F 10 Tf 40 800 Td 13 TL"]
        for _line in range(58):
            lines.append(f"({''.join(chance.choices(LETTERS, k=95))}) Tj T*")
        page.Contents = pdf.make_stream("\n".join([*lines, "ET"]).encode())
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    return _saved(pdf)


def scanned_pages(pages: int) -> bytes:
    """A document of so many pages scanned at 150 points an inch."""
    pdf = pikepdf.new()
    noise = Image.effect_noise((1240, 1754), 40).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=70)
    for _page in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        image = pikepdf.Stream(pdf, out.getvalue())
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Width, image.Height, image.BitsPerComponent = 1240, 1754, 8
        image.ColorSpace, image.Filter = pikepdf.Name.DeviceRGB, pikepdf.Name.DCTDecode
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image))
        page.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /Im Do Q")
    return _saved(pdf)


def _saved(pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def received(data: bytes):
    """A file of somebody's dossier in Lyon, open to its reviewers."""
    applicant = UserFactory()
    stored = vault.receive(
        samples.upload(data),
        subject_id=uuid.uuid4(),
        applicant_id=applicant.pk,
        prefecture_code="69",
    )
    with acting(None, prefectures=["69"]):
        vault.grant_access(stored.subject_id, "69", ["reviewer"], "case opened")
    return stored


def worker_seconds(stored) -> float:
    """CPU of judging a file: this process, and those that it starts and waits for."""
    before = _used()
    judged(stored)
    return _used() - before


def _used() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(one.ru_utime + one.ru_stime for one in used)


def at_desk(agent) -> Client:
    client = Client()
    client.force_login(agent, backend="portal.accounts.sign_in.DoorBackend")
    client.cookies["desk_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return client


def reading(options, folder) -> dict:
    """The image of a page, by both ways, in turn."""
    stored = judged(received(scanned_pages(1)))
    client = at_desk(UserFactory(reviewer=True, prefecture="69"))
    ours = reverse("desk:page", args=[stored.pk, 1, 1400])
    image = client.get(ours)
    path = Path(folder, "page.webp")
    path.write_bytes(image.content)
    limit = f"/agent/bare/{stored.pk}{path}"
    assert (image.status_code, b"".join(client.get(limit))) == (200, image.content)

    def wall() -> float:
        return time.perf_counter()

    facts = {"rounds": options.rounds, "times": options.times}
    asked = (lambda: client.get(ours).content, lambda: b"".join(client.get(limit)))
    return {"cpu": paired(*asked, **facts), "wall": paired(*asked, clock=wall, **facts)}


def main():
    """Measure both in a clone of the migrated template, with files in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--pages", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, fresh_clone():
        for alias, store in settings.STORAGES.items():
            if "location" in store.get("OPTIONS", {}):
                store["OPTIONS"]["location"] = str(Path(folder, alias))
        settings.ROOT_URLCONF, settings.ALLOWED_HOSTS = Urls(), ["testserver"]
        for kind, made in reading(options, folder).items():
            print(
                f"a page image, {kind}: {made['ours']:.2f} ms, bare {made['limit']:.2f} ms,"
                f" ratio {made['ratio']:.2f}"
            )
        for name, make in (("text", text_pages), ("scanned", scanned_pages)):
            files = [received(make(options.pages)) for _file in range(3)]
            spent = [worker_seconds(stored) for stored in files]
            print(
                f"previews of {options.pages} pages, {name}: {statistics.median(spent):.2f} s of"
                f" the worker's CPU, load {os.getloadavg()[0]:.1f}"
            )


if __name__ == "__main__":
    sys.exit(main())
