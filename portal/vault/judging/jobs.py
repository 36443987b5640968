"""The heavy work on files: scan, clean, draw, scan again. Each may run twice."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Coalesce

from portal.core import clock
from portal.core.jobs import enqueue_many, job, opened
from portal.vault import antivirus, services, storage
from portal.vault.enums import RenditionKind, ScanState
from portal.vault.judging import alarming, apart, cleaning, marks, remaking, second_looks, verdicts
from portal.vault.judging.alarming import LATE
from portal.vault.models import Rendition, StoredFile

_AGAIN_AFTER = timedelta(minutes=2)
_PAGE = 100


@job("vault.judge", queue="default", system=True, atomic=False)
def judge(*, file_id, **_later_arguments):
    """Scan a received file, make its clean copy and its page images, say what it is worth."""
    with opened():
        stored = verdicts.begin(file_id)
    if stored is None:
        return
    with apart.in_memory(services.open_range(stored)) as given:
        verdict = antivirus.scan(given)
        infected = verdict.state == ScanState.INFECTED
        # a file that waited for the antivirus has its copy already
        if infected or stored.renditions.all():
            made = []
        else:
            try:
                cleaned = cleaning.cleaned(given, stored.content_type, stored.pages)
            except cleaning.Unreadable as why:
                with opened():
                    verdicts.refuse_unreadable(stored, str(why))
                return
            made = verdicts.keep(stored, cleaned)
    _settle(stored, made, lambda: verdicts.settle(stored, verdict, made))


@job("vault.draw_pages", queue="default", system=True, atomic=False)
def draw_pages(*, file_id, first, **_later_arguments):
    """Draw the next pages of a long document; the job after it draws those that follow."""
    with opened():
        copy = (
            Rendition.objects.filter(file_id=file_id, kind=RenditionKind.COPY)
            .select_related("file")
            .first()
        )
        drawn = Rendition.objects.filter(file_id=file_id, kind=RenditionKind.PAGE, page=first)
        if copy is None or copy.file.removed_at or drawn.exists():
            return
    stored, data = copy.file, remaking.fetch(copy)
    last = min(first + cleaning.PAGES_AT_ONCE - 1, stored.pages)
    made = verdicts.keep_images(stored, cleaning.drawn(data, first, last))
    _settle(stored, made, lambda: verdicts.register(stored, made) or True)


@job("vault.read_marks", queue="default", system=True, atomic=False)
def read_marks(*, file_id, **_later_arguments):
    """Read what a judged file bears for machines. A second run finds it read."""
    with opened() as act:
        copy = (
            Rendition.objects.filter(file_id=file_id, kind=RenditionKind.COPY)
            .select_related("file__machine_reading")
            .first()
        )
        today = clock.legal_day(act.now)
    if copy is None or copy.file.removed_at or copy.file.reading:
        return
    found = marks.look(remaking.fetch(copy), copy.content_type, today)
    with opened():
        marks.keep(copy.file, found)


@job("vault.make_again", queue="default", system=True, atomic=False, attempts=4)
def make_again(*, rendition_id, **_later_arguments):
    """Make a lost page image or copy again; what cannot be is a failed job, which is seen."""
    with opened():
        kept = Rendition.objects.filter(pk=rendition_id, file__removed_at=None)
        lost = kept.select_related("file").first()
    if lost is None or lost.file.is_held_back or remaking.is_whole(lost):
        return
    put, written = remaking.make(lost), False
    try:
        with opened():
            written = remaking.replace(lost, put)
    finally:
        useless = lost.storage_key if written else put.key
        storage.discard(useless, kind=lost.file.kind)


def _settle(stored, made, write):
    """Write the rows of what was kept; what gets no row is forgotten."""
    written = False
    try:
        with opened():
            written = write()
    finally:
        if not written:
            verdicts.discard(stored, made)


@job("vault.judge_waiting", queue="default", system=True, cron="*/2 * * * *")
def judge_waiting(**_later_arguments):
    """Take up again what was left waiting: by a job that died, or by an antivirus that was silent.

    While the antivirus is silent nothing that it alone holds up is asked for again.
    """
    now = clock.now()
    stuck = Q(scan_state__in=(ScanState.RECEIVED, ScanState.SCANNING), since__lt=now - LATE)
    silent = Q(scan_state=ScanState.NOT_SCANNED, since__lt=now - _AGAIN_AFTER)
    waiting = (
        StoredFile.objects.waiting()
        .annotate(since=Coalesce("scan_asked_at", "created_at"))
        .filter(stuck | silent if _antivirus_answers() else stuck)
    )
    oldest = waiting.order_by("scan_asked_at", "id").values_list("pk", flat=True)[:_PAGE]
    enqueue_many("vault.judge", [{"file_id": str(pk), "_lock": f"judge {pk}"} for pk in oldest])


def _antivirus_answers():
    try:
        antivirus.recent_signatures()
    except antivirus.Silent:
        return False
    return True


@job("vault.scan_again", queue="default", system=True, atomic=False, cron="43 2 * * *")
def scan_again(**_later_arguments):
    """Scan again, with newer signatures, what was scanned a month ago: so many files a night.

    Each file is marked in its own transaction, so that a run which dies goes on where it was.
    """
    before = clock.now() - timedelta(days=settings.RESCAN_DAYS)
    clean, suspects = StoredFile.objects.scanned_before, StoredFile.objects.suspected_before
    if _scan_each(lambda: clean(before), verdicts.confirm):
        _scan_each(lambda: suspects(before), second_looks.note)


def _scan_each(asked, write) -> bool:
    """Scan the files of a list, the first first; False when the antivirus is silent."""
    lost: list = []
    for _file in range(settings.RESCAN_CEILING):
        with opened():
            stored = asked().exclude(pk__in=lost).first()
        if stored is None:
            return True
        try:
            with apart.in_memory(services.open_range(stored)) as given:
                verdict = antivirus.scan(given)
        except storage.StorageDown:
            lost.append(stored.pk)  # the reconciliation of the store tells of it
            continue
        if verdict.state == ScanState.NOT_SCANNED:
            return False  # tomorrow
        with opened():
            write(stored, verdict)
    return True


@job("vault.look_twice", queue="default", system=True, atomic=False)
def look_twice(*, file_id, **_later_arguments):
    """Scan an infected file again, as two people asked; while the antivirus is silent this fails.

    The file stays hidden until the scan has found nothing and its clean copy is made.
    """
    with opened():
        stored = second_looks.begin(file_id)
    if stored is None:
        return
    with apart.in_memory(services.open_range(stored)) as given:
        verdict = antivirus.scan(given)
        if verdict.state == ScanState.NOT_SCANNED:
            raise antivirus.Silent(verdict.reason)
        made = []
        if verdict.state == ScanState.CLEAN and not stored.renditions.all():
            try:
                cleaned = cleaning.cleaned(given, stored.content_type, stored.pages)
            except cleaning.Unreadable:
                with opened():
                    second_looks.refuse_unreadable(stored, verdict)
                return
            made = verdicts.keep(stored, cleaned)
    _settle(stored, made, lambda: second_looks.settle(stored, verdict, made))


@job("vault.watch_scans", queue="default", system=True, cron="*/5 * * * *")
def watch_scans(**_later_arguments):
    """Raise one alarm when a file waits for more than ten minutes; end it when none does."""
    if antivirus.is_configured():
        alarming.watch(clock.now())
