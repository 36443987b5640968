"""How a program says what it found: one line of JSON, then the bytes that it announces."""

import json
import sys


def read() -> bytes:
    """The whole file that is asked about."""
    return sys.stdin.buffer.read()


def answer(outcome: str, parts=(), **facts) -> None:
    """Write the answer; `parts` are pairs of bytes and of facts about them."""
    head = {
        "outcome": outcome,
        "facts": facts,
        "parts": [{"size": len(data), **about} for data, about in parts],
    }
    out = sys.stdout.buffer
    out.write(json.dumps(head).encode() + b"\n")
    for data, _about in parts:
        out.write(data)
    out.flush()
