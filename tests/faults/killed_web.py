"""The web process is killed while it receives a file: nothing that it acknowledged is lost.

    .venv/bin/python -m tests.faults.killed_web [--megabytes 3] [--speed 400] [--kills 2]

Master and worker get SIGKILL at moments drawn over the file, and start again. The client asks where
it was and goes on: what the server says then is never before what it acknowledged, at most one
piece is sent twice after each kill, and the bytes kept are those sent.
"""

import argparse
import os
import random
import sys
import threading
import time

from portal.core.door import acting
from portal.vault.arrival.models import Upload
from portal.vault.arrival.staging import WholeFile
from tests.faults.serving import PIECE, Network, Sender, person_with_draft, web_process


class Remembering(Sender):
    """Remembers what was acknowledged, and how often the server knew less afterwards."""

    acknowledged = forgotten = 0

    def _piece(self, offset, piece):
        found = super()._piece(offset, piece)
        self.forgotten += found < self.acknowledged
        self.acknowledged = max(self.acknowledged, found)
        return found


def killed_at(web, network, moments, over):
    """A thread that kills the web process each time that so many bytes have been carried."""

    def watch():
        for moment in moments:
            while network.carried < moment:
                if over.wait(0.005):
                    return
            web.kill_and_start()
            web.kills += 1

    web.kills = 0
    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def main():
    """Send, kill, compare, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=3)
    parser.add_argument("--speed", type=float, default=400, help="kilobytes a second")
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice, size = random.Random(options.seed), int(options.megabytes * 1024 * 1024)
    data = os.urandom(size)
    moments = sorted(dice.uniform(0.1, 0.9) * size for _ in range(options.kills))
    with web_process(workers=1) as web:
        known, over = person_with_draft(), threading.Event()
        with Network(web.port, speed=options.speed * 1024) as network:
            killer = killed_at(web, network, moments, over)
            sender, began = Remembering(network.port, known, data), time.monotonic()
            try:
                sender.run()
            finally:
                over.set()
                killer.join()
            lasted = time.monotonic() - began
        with acting(known.person.pk):
            upload = Upload.objects.get()
            whole = WholeFile(upload).read() == data
    twice, allowed = sender.sent - size, options.kills * PIECE
    print(
        f"{options.megabytes:g} MB with {web.kills} kills of the web process:"
        f" {'arrived whole' if whole else 'LOST'} in {lasted:.0f} s, acknowledged and forgotten"
        f" {sender.forgotten} times, {twice} bytes sent twice of {allowed} allowed,"
        f" {sender.cut} pieces cut"
    )
    good = whole and not sender.forgotten and web.kills == options.kills and twice <= allowed
    return not good


if __name__ == "__main__":
    sys.exit(main())
