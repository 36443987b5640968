"""Simulate the market of appointments under each rule, and write what came of it."""

import sys
from collections.abc import Iterable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from appointments.market import facts, report, runner
from appointments.market.parameters import Parameters
from appointments.market.regimes import MAIN, SCENARIOS
from portal.territory import api as territory

OFFICE = "34"
BAR = 30
YEARS = 3


class Command(BaseCommand):
    help = "Simulates who gets a place and who pays. Writes CSV tables and two pages."
    requires_system_checks: list = []

    def add_arguments(self, parser):
        parser.add_argument("--seeds", type=int, default=30)
        parser.add_argument(
            "--regimes",
            default="all",
            help=f"“main”, “all”, or codes with commas: {', '.join(SCENARIOS)}",
        )
        parser.add_argument("--out", type=Path, default=Path("var/market"))
        parser.add_argument("--processes", type=int, default=runner.PROCESSES)
        parser.add_argument(
            "--from", dest="source", type=Path, help="a seeds.csv to draw again, without simulating"
        )

    def handle(self, *args, seeds, regimes, out, processes, source, **options):
        """The database is not read: anybody may run this, and twice gives the same bytes."""
        if source:
            rows = runner.read_csv(source.read_text())
        else:
            if seeds < 1 or processes < 1:
                raise CommandError("At least one seed and one process.")
            rows = runner.run(
                _codes(regimes), seeds, of_herault(), processes=processes, progress=self._bar()
            )
        # as the table keeps them, so that drawing again from it gives the same bytes
        rows = runner.read_csv(runner.write_csv(rows))
        out.mkdir(parents=True, exist_ok=True)
        files = {"seeds.csv": runner.write_csv(rows), **report.write(rows)}
        for name, text in files.items():
            (out / name).write_text(text)
        for fact in facts.judge(rows):
            self.stdout.write(f"{fact.code:4} {fact.verdict:14} {fact.found['en']}")
        self.stdout.write(f"Written in {out}: {', '.join(sorted(files))}")

    def _bar(self):
        """A bar for eyes only: nothing when the output is a file or a pipe."""
        if not sys.stderr.isatty():
            return None

        def draw(done: int, total: int) -> None:
            full = BAR * done // total
            end = "\n" if done == total else ""
            self.stderr.write(f"\r[{'█' * full}{'·' * (BAR - full)}] {done}/{total}", ending=end)
            self.stderr.flush()

        return draw


def of_herault() -> Parameters:
    """The figures, with the public holidays of the years that are played."""
    first = Parameters().first_day
    years = range(first.year, first.year + YEARS)
    return Parameters(closed_days=territory.public_holidays(OFFICE, *years))


def _codes(regimes: str) -> Iterable[str]:
    if regimes == "all":
        return list(SCENARIOS)
    if regimes == "main":
        return [one.code for one in MAIN]
    codes = regimes.split(",")
    unknown = sorted(set(codes) - set(SCENARIOS))
    if unknown:
        raise CommandError(f"Unknown: {', '.join(unknown)}. Known: {', '.join(SCENARIOS)}.")
    return codes
