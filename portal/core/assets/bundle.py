"""Assembles `ui/portal.css` and its pictures from the installed design kit and our brand."""

import hashlib
import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote

from portal.core.assets import sheet
from portal.core.assets.logical import ARROW, other_arrow

COMPONENTS = (
    "form",
    "input",
    "select",
    "button",
    "link",
    "table",
    "tag",
)
BRAND = Path(__file__).parent / "brand"
URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)""")
LICENCE = (
    "/*! Forms and grid from DSFR %s, MIT licence, SPDX-License-Identifier: MIT, "
    "(c) DINUM and contributors. Brand: portal. */\n"
)


class AssetProblem(Exception):
    """The design kit installed is not the one this builder knows."""


def kit_directory():
    """Where the installed wheel keeps the design kit; raises AssetProblem when it is missing."""
    spec = find_spec("dsfr")
    if spec is None or not spec.submodule_search_locations:
        raise AssetProblem("The package django-dsfr is not installed.")
    return Path(next(iter(spec.submodule_search_locations))) / "static" / "dsfr" / "dist"


def build(destination):
    """Write the bundle and its pictures under `destination/ui`; return the sheet's path.

    The same input gives the same bytes, and pictures of an earlier build are removed.
    """
    kit = kit_directory()
    pictures = {}
    rules = []
    for source in _kit_sheets(kit):
        rules += sheet.parse(_with_pictures(source.read_text("utf-8"), source, pictures))
    for source in sorted(BRAND.glob("*.css")):
        rules += sheet.parse(_with_pictures(source.read_text("utf-8"), kit / source.name, pictures))
    text = sheet.write(rules)
    return _write(Path(destination) / "ui", LICENCE % _version(kit) + text, pictures)


def _kit_sheets(kit):
    sheets = [kit / "core" / "core.main.min.css"]
    sheets += [kit / "component" / name / f"{name}.main.min.css" for name in COMPONENTS]
    for source in sheets:
        if not source.exists():
            raise AssetProblem(f"The design kit has no {source.name}.")
    return sheets


def _with_pictures(css, source, pictures):
    """Point every address at a file of ours; embedded pictures become files (img-src 'self')."""

    def replace(found):
        address = next(part for part in (*found.groups(), "") if part is not None)
        if address.startswith("data:image/svg+xml"):
            picture = unquote(address.partition(",")[2]).encode()
            name = f"kit-{hashlib.sha256(picture).hexdigest()[:10]}.svg"
        elif address.endswith(".svg"):
            path = _picture(address, source)
            name, picture = path.name, path.read_bytes()
        else:
            return found[0]
        pictures[name] = picture
        pictures.update(_other_arrow(source, address))
        return f'url("pictures/{name}")'

    return URL.sub(replace, css)


def _picture(address, source):
    ours = BRAND / address
    path = ours if ours.exists() else (source.parent / address).resolve()
    if not path.exists():
        raise AssetProblem(f"The style sheet {source.name} names a missing picture: {address}")
    return path


def _other_arrow(source, address):
    """The mirrored arrow, which only the rewritten right-to-left rule will name."""
    mirrored = ARROW.sub(other_arrow, address)
    if mirrored == address or not mirrored.endswith(".svg"):
        return {}
    path = _picture(mirrored, source)
    return {path.name: path.read_bytes()}


def _version(kit):
    first_lines = (kit / "core" / "core.main.min.css").read_text("utf-8")[:200]
    found = re.search(r"DSFR v([\d.]+)", first_lines)
    return found[1] if found else "of unknown version"


def _write(folder, text, pictures):
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: data for name, data in pictures.items() if f"pictures/{name}" in text}
    shutil.rmtree(folder / "pictures", ignore_errors=True)
    (folder / "pictures").mkdir()
    for name, data in kept.items():
        (folder / "pictures" / name).write_bytes(data)
    path = folder / "portal.css"
    path.write_text(text, "utf-8")
    return path
