"""The vault's keys, holds, ends and quarantine, for whoever runs the portal."""

from collections import Counter
from datetime import date
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from portal.core import clock, door
from portal.core.errors import DomainRefusal
from portal.vault import ending, key_copies, keyring, reconciling, rotating, storage
from portal.vault.enums import Removal, Situation
from portal.vault.errors import StorageDown
from portal.vault.models import (
    Keeping,
    LegalHold,
    QuarantinedObject,
    RetentionRule,
    SecondLook,
    StoredFile,
)

ROLE = "portal_worker"
SHOWN_AT_MOST = 100
NO_RULE = "no rule: kept without end until one is written (to confirm)"


def dossier(written: str) -> UUID:
    """A dossier's identifier, as the journal writes it."""
    return UUID(written)


class Command(BaseCommand):
    help = "Keys, holds, ends and quarantine of the files. Needs PORTAL_ROLE=worker."

    def add_arguments(self, parser):
        """One sub-command for each act."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("keys", help="how many dossiers each master key wraps")
        acts.add_parser("rotate", help="wrap every dossier's key with the newest master key")
        destroy = acts.add_parser("destroy", help="destroy a dossier's key and files")
        destroy.add_argument("subject", type=dossier)
        destroy.add_argument("--dry-run", action="store_true")
        expire = acts.add_parser("expire", help="end the files whose time is over")
        expire.add_argument("--dry-run", action="store_true")
        hold = acts.add_parser("hold", help="keep a dossier's files whatever the rules say")
        hold.add_argument("subject", type=dossier)
        hold.add_argument("--reason", required=True)
        release = acts.add_parser("release", help="end a dossier's hold")
        release.add_argument("subject", type=dossier)
        acts.add_parser("rules", help="the rules, and how many dossiers each one counts")
        rule = acts.add_parser("rule", help="write how long files are kept, from a day on")
        rule.add_argument("situation", choices=Situation.values)
        rule.add_argument("days", type=int)
        rule.add_argument("--from", dest="starts_on", type=date.fromisoformat, required=True)
        rule.add_argument("--source", required=True, help="the text that says so")
        compare = acts.add_parser("compare", help="do the night's comparison now, with every key")
        compare.add_argument("--keys-alone", action="store_true")
        acts.add_parser("suspects", help="the files that the antivirus has set aside")
        acts.add_parser("quarantine", help="the objects that were set aside")
        restore = acts.add_parser("restore", help="give an object of the quarantine its name back")
        restore.add_argument("store")
        restore.add_argument("name")

    def handle(self, *args, act, **options):
        """Do it, or say in one line why not."""
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            if cursor.fetchone()[0] != ROLE:
                raise CommandError("Only the worker's role may: PORTAL_ROLE=worker.")
        try:
            getattr(self, f"do_{act.replace('-', '_')}")(**options)
        except DomainRefusal as refusal:
            raise CommandError(" ".join(map(str, refusal.reasons))) from refusal
        except StorageDown as error:
            raise CommandError(f"The store failed: {error}") from error

    def do_keys(self, **_options):
        """A master key that wraps none may leave the keyring."""
        counted = rotating.by_generation()
        for generation in sorted({*counted, *settings.VAULT_KEYS}):
            here = "" if generation in settings.VAULT_KEYS else " (not in this keyring)"
            self.stdout.write(f"{generation}: {counted.get(generation, 0)}{here}")

    def do_rotate(self, **_options):
        """Go through every key that an older master key wraps; those that fail are named."""
        done = failed = 0
        for subject_id, error in rotating.rewrap_all():
            if error is None:
                done += 1
            else:
                failed += 1
                self.stderr.write(f"{subject_id}: {type(error).__name__}")
        self.stdout.write(f"{done} wrapped with the master key {keyring.newest()}")
        if failed:
            raise CommandError(f"{failed} failed: they are as before. Run this again.")

    def do_destroy(self, *, subject, dry_run, **_options):
        """The key at once, then its objects; those of the files go by jobs."""
        with door.acting(None, scope="system"):
            ended = (
                ending.would_end(subject) if dry_run else ending.expire(subject, Removal.ORDERED)
            )
        if not dry_run:
            ending.destroy_key_objects(subject)
        self._say("destroyed", ended, dry_run)

    def do_expire(self, *, dry_run, **_options):
        """What the nightly job does; the dry run says it also where the end is stopped."""
        if not (dry_run or settings.VAULT_EXPIRES):
            raise CommandError("PORTAL_VAULT_EXPIRES stops it.")
        with door.acting(None, scope="system"):
            today = clock.today()
            over = ending.due(today, ending.left_today(today))
        for one in over:
            if dry_run:
                with door.acting(None, scope="system"):
                    ended = ending.would_end(one.subject_id)
            else:
                ended = ending.end_if_due(one)
            if ended is not None:
                self._say(f"{one.situation} since {one.since}", ended, dry_run)
        self.stdout.write(f"{len(over)} dossiers; {settings.VAULT_EXPIRED_A_DAY} a day at most")

    def do_hold(self, *, subject, reason, **_options):
        """A judge, an appeal, an inquiry."""
        with door.acting(None, scope="system"):
            ending.hold(subject, reason)
        self.stdout.write(f"{subject}: held")

    def do_release(self, *, subject, **_options):
        """Its rule counts again."""
        with door.acting(None, scope="system"):
            released = ending.release(subject)
        if not released:
            raise CommandError("This dossier is not held.")
        self.stdout.write(f"{subject}: released")

    def do_rules(self, **_options):
        """Situations without a rule are told too: they never expire."""
        with door.acting(None, scope="system"):
            written = ending.rules(clock.today())
            for situation in Situation.values:
                rule = written.get(situation)
                running = Keeping.objects.filter(situation=situation, expired_at=None).count()
                kept = f"{rule.days} days ({rule.source})" if rule else NO_RULE
                self.stdout.write(f"{situation}: {kept}; {running} dossiers")
            self.stdout.write(f"held: {LegalHold.objects.filter(ended_at=None).count()}")

    def do_rule(self, *, situation, days, starts_on, source, **_options):
        """A rule is never changed: another one follows it."""
        with door.acting(None, scope="system"):
            if RetentionRule.objects.filter(situation=situation, starts_on=starts_on).exists():
                raise CommandError("A rule begins that day already: write a later one.")
            RetentionRule.objects.create(
                situation=situation, days=days, starts_on=starts_on, source=source[:200]
            )
        self.stdout.write(f"{situation}: {days} days from {starts_on}")

    def do_compare(self, *, keys_alone, **_options):
        """After a database or a store was restored; it may be stopped and run again."""
        found = Counter()
        for number in range(256):
            found += key_copies.compare(f"{number:02x}")
        self.stdout.write(f"keys: {dict(sorted(found.items()))}")
        if keys_alone:
            return
        reconciling.finish_moves()
        for alias in storage.ALIASES:
            for day in reconciling.days_to_compare(alias):
                compared = reconciling.compare(alias, day)
                if compared.rows_without_object or compared.objects_without_row:
                    self.stdout.write(
                        f"{alias} {day}: {compared.rows_without_object} rows without object,"
                        f" {compared.objects_without_row} objects set aside"
                    )

    def do_suspects(self, **_options):
        """Those that the signatures of today no longer flag come first."""
        with door.acting(None, scope="system"):
            looks = SecondLook.objects.filter(ended_at=None).order_by("opened_at", "pk")
            opened = {look.file_id: look for look in looks}
            files = StoredFile.objects.suspects().order_by("-scanned_at", "pk")
            for stored in sorted(files[:SHOWN_AT_MOST], key=lambda one: one.pk not in opened):
                self.stdout.write(f"{stored.pk} {stored.threat}: {_said(opened.get(stored.pk))}")
            self.stdout.write(f"{files.count()} files")

    def do_quarantine(self, **_options):
        """The newest first."""
        with door.acting(None, scope="system"):
            lines = QuarantinedObject.objects.filter(released_at=None).order_by("-found_at", "id")
            for line in lines[:SHOWN_AT_MOST]:
                self.stdout.write(f"{line.found_at:%Y-%m-%d} {line.alias} {line.storage_key}")
            self.stdout.write(f"{lines.count()} objects")

    def do_restore(self, *, store, name, **_options):
        """For the object of a row that came back, such as that of a restored database."""
        if not reconciling.release(store, name):
            raise CommandError("No such object is in quarantine.")
        self.stdout.write(f"{store} {name}: restored")

    def _say(self, what, ended, dry_run):
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{ended.subject_id}: {ended.files} files, {ended.size} bytes, {would}{what}"
        )


def _said(look):
    if look is None:
        return "set aside"
    if look.second_by_id:
        return "asked by two people: it is scanned again"
    return "asked by one person" if look.first_by_id else "no longer flagged: nobody asked yet"
