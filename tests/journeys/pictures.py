"""Keep the README's pictures: the first screen of four pages, in few colours."""

import sys
from pathlib import Path

from PIL import Image

KEPT = {
    "home-1280": "home.png",
    "step-identity-1280": "step.png",
    "timeline-1280": "timeline.png",
    "desk-case-1280": "case.png",
}
HEIGHT, COLOURS, LIMIT = 1000, 96, 250_000


def keep(source: Path, target: Path):
    """Cut to the first screen, with a palette; a picture too heavy is refused."""
    with Image.open(source) as picture:
        cut = picture.convert("RGB").crop((0, 0, picture.width, min(HEIGHT, picture.height)))
    cut.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    if target.stat().st_size > LIMIT:
        raise SystemExit(f"{target} weighs more than {LIMIT} bytes")


def main(album, images):
    """Refresh every picture from an album of the journey."""
    images.mkdir(parents=True, exist_ok=True)
    for name, kept in KEPT.items():
        keep(album / f"{name}.png", images / kept)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
