"""One whole journey over HTTP through the real pages, from a guidance page to the hand-over.

`python -m portal.demo.journey --base-url http://127.0.0.1:8000` needs the running stack; it moves
the clock and starts the night's issuing run by the product's own commands, and says so.
"""

import argparse
import os
import secrets
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import django
import requests

from portal.demo.applicant import Applicant
from portal.demo.browser import StoryError
from portal.demo.desk import CounterAgent, Reviewer, Signatory

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"


class Narrator:
    """Prints one line a step, with the seconds since the beginning."""

    def __init__(self):
        self.began, self.count = time.monotonic(), 0

    def __call__(self, sentence):
        self.count += 1
        print(f"{time.monotonic() - self.began:6.1f} s  {self.count:2}  {sentence}", flush=True)


class House:
    """The product's own commands, each in the database role that it needs."""

    def __init__(self, environment=None):
        self.environment = os.environ if environment is None else environment

    def run(self, role, *command):
        """Run a management command; returns its last line. Raises StoryError when it fails."""
        given = ("PORTAL_DB_HOST", "PORTAL_DB_PORT", "PORTAL_DB_PASSWORD")  # of another role
        environment = {k: v for k, v in self.environment.items() if k not in given}
        done = subprocess.run(
            [sys.executable, str(MANAGE), *command],
            env=environment | {"PORTAL_ROLE": role},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StoryError(f"{command[0]} failed: {done.stderr.strip().splitlines()[-1:]}")
        return (done.stdout.strip().splitlines() or [""])[-1]

    def today(self):
        """The portal's own day, which a former journey may have moved."""
        return datetime.fromisoformat(self.move_clock(hours=0)).date()

    def move_clock(self, **by):
        """Move the one clock forward."""
        options = [f"--{name.replace('_', '-')}={value}" for name, value in by.items()]
        return self.run("owner", "move_clock", *options)

    def issue(self):
        """The night's issuing run."""
        return self.run("issuer", "issue_appointments")


def play(base_url, folder, tell):
    """Play the whole story; returns the dossier's number. Raises StoryError at the first lie."""
    house = House()
    folder.mkdir(parents=True, exist_ok=True)
    email = f"amina.{secrets.token_hex(3)}@demo.invalid"
    amina = Applicant(base_url, email, folder, today=house.today())
    reviewer = Reviewer(base_url)
    signatory = Signatory(base_url)
    counter = CounterAgent(base_url)

    tell(amina.reads_the_guidance_page())
    tell(amina.makes_an_account())
    tell(amina.fills_the_dossier())
    tell(amina.gives_the_documents())
    tell(amina.files())
    tell(amina.fetches("filing_receipt"))
    tell(reviewer.signs_in())
    tell(reviewer.opens_the_case(amina.number))
    tell(reviewer.asks_for_completion())
    tell(amina.answers_the_request())
    tell(reviewer.finds_it_complete())
    tell(reviewer.proposes_a_grant())
    tell(signatory.signs(amina.number))
    tell(amina.waits_for_the_card())
    house.move_clock(days=21)
    tell("The clock is moved: three weeks later. The night's issuing run begins.")
    house.issue()
    tell(amina.receives_an_appointment())
    tell(amina.cannot_come())
    house.issue()
    tell(amina.receives_another_appointment())
    house.move_clock(to=amina.appointment_at)
    tell(f"The clock is moved: it is {amina.appointment_at}, the day of the visit.")
    tell(counter.signs_in())
    tell(counter.refuses_a_forged_code())
    tell(counter.receives(amina.code))
    tell(counter.hands_over())
    tell(counter.refuses_a_second_scan(amina.code))
    tell(amina.reads_the_timeline())
    return amina.number


def main():
    """Command line; ends with 0 when the whole story was true."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--documents", type=Path, default=Path("var/demo/documents"))
    options = parser.parse_args()
    django.setup()
    tell = Narrator()
    try:
        number = play(options.base_url, options.documents, tell)
    except (StoryError, requests.RequestException) as error:
        print(f"The journey stopped after step {tell.count}: {error}", file=sys.stderr)
        return 1
    tell(f"Dossier {number} is handed over. Its PDFs are in {options.documents}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
