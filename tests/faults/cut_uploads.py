"""A file over a slow network that is cut: it arrives, and each cut costs one piece at most.

    .venv/bin/python -m tests.faults.cut_uploads [--megabytes 10] [--speed 30] [--cuts 5]

A web process, a proxy on loopback that carries so many kilobytes a second and resets every
connection at moments drawn over the file, and a client that asks where it was and goes on. The
bytes kept are read back through the seals and compared with those sent.
"""

import argparse
import os
import random
import sys
import time

from portal.core.door import acting
from portal.vault.arrival.models import Upload
from portal.vault.arrival.staging import WholeFile
from tests.faults.serving import PIECE, Network, Sender, person_with_draft, web_process


def main():
    """Send, cut, compare, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=float, default=10)
    parser.add_argument("--speed", type=float, default=30, help="kilobytes a second")
    parser.add_argument("--cuts", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice, size = random.Random(options.seed), int(options.megabytes * 1024 * 1024)
    data = os.urandom(size)
    cuts = [dice.uniform(0.02, 0.98) * size for _ in range(options.cuts)]
    with web_process(workers=1) as web:
        known = person_with_draft()
        with Network(web.port, speed=options.speed * 1024, cut_at=cuts) as network:
            sender, began = Sender(network.port, known, data), time.monotonic()
            sender.run()
            lasted = time.monotonic() - began
        with acting(known.person.pk):
            upload = Upload.objects.get()
            whole, pieces = WholeFile(upload).read() == data, upload.chunks.count()
    twice = sender.sent - size
    worst = options.cuts * PIECE
    print(
        f"{options.megabytes:g} MB at {options.speed:g} KB/s with {network.cuts} cuts:"
        f" {'arrived whole' if whole else 'LOST'} in {lasted:.0f} s, {pieces} pieces,"
        f" {twice} bytes sent twice of {worst} allowed, state {upload.state}"
    )
    return not (whole and network.cuts == options.cuts and twice <= worst)


if __name__ == "__main__":
    sys.exit(main())
