"""Two hundred people send a file at once: what the other pages' answers become.

    .venv/bin/python -m tests.benchmarks.uploads [--uploads 200] [--speed 30] [--seconds 60]

A web process of two workers with four threads each, as in the demonstration. Each person's network
carries so many kilobytes a second; the proxy in front gathers a piece and hands it over whole, as
nginx does (`proxy_request_buffering on`), which is played by waiting before each piece. Meanwhile
one reader asks for pages in turn, before, during and after. `--speed 0` sends without any pause:
then what counts is that pages go on, while pieces are sent back to wait. Nothing is asserted:
read the ratio of the 95th centiles.
"""

import argparse
import itertools
import os
import random
import statistics
import sys
import threading
import time

from tests.faults.serving import PIECE, Sender, ask, person_with_draft, web_process

SIZE = 10 * 1024 * 1024


class Slow(Sender):
    """Sends for as long as it may, at the speed of its network."""

    def __init__(self, *facts, speed, over):
        super().__init__(*facts)
        self.speed, self.over = speed, over
        self.pieces = 0

    def run(self):
        """A file, then another, until it is over."""
        while not self.over.is_set():
            self.begin()
            offset = 0
            while offset < len(self.data) and not self.over.wait(self.pause()):
                offset = self._piece(offset, self.data[offset : offset + PIECE])
                self.pieces += 1
            ask(self.port, "DELETE", self.url, None, self.headers)

    def pause(self):
        """How long the network takes for one piece, not the same for everybody."""
        return random.uniform(0.7, 1.3) * PIECE / self.speed if self.speed else 0


def read_pages(port, known, seconds):
    """Milliseconds of each answer to a reader who asks for one page after the other."""
    draft = f"/mon-espace/dossiers/{known.dossier.pk}/depot/"
    pages = itertools.cycle(["/mon-espace/", draft, f"{draft}pieces/", "/compte/connexion/"])
    answers, ends = [], time.monotonic() + seconds
    while time.monotonic() < ends:
        began = time.monotonic()
        status, _headers, _body = ask(port, "GET", next(pages), None, known.headers)
        answers.append((time.monotonic() - began) * 1000)
        if status not in (200, 302):
            sys.exit(f"a page answered {status}")
        time.sleep(0.02)
    return answers


def described(title, answers):
    """One line of the report; the 95th centile."""
    worst = statistics.quantiles(answers, n=20)[-1]
    print(
        f"{title:<8} {len(answers):5d} pages, median {statistics.median(answers):6.1f} ms,"
        f" 95th centile {worst:6.1f} ms",
        flush=True,
    )
    return worst


def main():
    """Measure before, during and after."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--uploads", type=int, default=200)
    parser.add_argument("--speed", type=float, default=30, help="kilobytes a second, 0 for all")
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    data, over = os.urandom(SIZE), threading.Event()
    with web_process(workers=2) as web:
        people = [person_with_draft() for _ in range(-(-options.uploads // 10) + 1)]
        reader, owners = people[0], itertools.cycle(people[1:])
        read_pages(web.port, reader, 5)
        before = described("before", read_pages(web.port, reader, options.seconds / 2))
        speed = options.speed * 1024
        senders = [
            Slow(web.port, next(owners), data, speed=speed, over=over)
            for _ in range(options.uploads)
        ]
        threads = [threading.Thread(target=sender.run, daemon=True) for sender in senders]
        for thread in threads:
            thread.start()
            time.sleep(0.02)
        during = described("during", read_pages(web.port, reader, options.seconds))
        over.set()
        for thread in threads:
            thread.join(60)
        after = described("after", read_pages(web.port, reader, options.seconds / 3))
    waited = sum(one.waited for one in senders)
    kept = sum(one.pieces for one in senders) - waited
    print(
        f"{options.uploads} uploads at {options.speed:g} KB/s: {kept} pieces kept,"
        f" {kept * PIECE / 1024 / options.seconds:.0f} KB/s in all, {waited} sent back to wait;"
        f" 95th centile {during / before:.2f} times that before,"
        f" {during / max(before, after):.2f} times the worse of before and after"
    )


if __name__ == "__main__":
    main()
