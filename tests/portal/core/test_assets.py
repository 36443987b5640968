"""The style sheet: one for both directions, nothing of the State's marks, light on the wire."""

import re

import brotli
import pytest

from portal.core.assets import bundle, logical, sheet


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return bundle.build(tmp_path_factory.mktemp("assets"))


def test_build_is_the_same_twice(built):
    first = built.read_bytes()

    assert bundle.build(built.parent.parent).read_bytes() == first


def test_every_picture_named_is_there(built):
    named = set(re.findall(r'url\("([^"]+)"\)', built.read_text("utf-8")))

    assert named
    assert {name for name in named if not (built.parent / name).exists()} == set()


def test_nothing_of_the_state_and_nothing_from_elsewhere(built):
    css = built.read_text("utf-8")

    for word in ("Marianne,", "@font-face", "fr-logo", "data:", "http:", "https:", "@import"):
        assert word not in css


def test_no_physical_side_is_left(built):
    css = built.read_text("utf-8")

    assert re.findall(r"[{;](?:margin|padding|border)-(?:left|right)\b", css) == []
    assert re.findall(r"[{;](?:left|right):", css) == []
    assert re.findall(r"text-align:(?:left|right)", css) == []


def test_sheet_is_light_enough_for_a_bad_network(built):
    assert len(brotli.compress(built.read_bytes())) < 40_000


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("margin-left", "1rem", [("margin-inline-start", "1rem")]),
        ("right", "0", [("inset-inline-end", "0")]),
        ("border-left-color", "red", [("border-inline-start-color", "red")]),
        ("border-top-left-radius", "4px", [("border-start-start-radius", "4px")]),
        ("text-align", "right", [("text-align", "end")]),
        ("text-align", "center", [("text-align", "center")]),
        ("padding", "1px 2px 3px 2px", [("padding", "1px 2px 3px 2px")]),
        (
            "padding",
            "1px 2px 3px 4px",
            [("padding-block", "1px 3px"), ("padding-inline", "4px 2px")],
        ),
        (
            "border-radius",
            "1px 2px 3px 4px",
            [
                ("border-start-start-radius", "1px"),
                ("border-start-end-radius", "2px"),
                ("border-end-end-radius", "3px"),
                ("border-end-start-radius", "4px"),
            ],
        ),
    ],
)
def test_sides_become_start_and_end(name, value, expected):
    assert logical.to_logical(name, value) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("background-position", "0 50%", "100% 50%"),
        ("background-position", "calc(100% - 1rem) 50%", "calc(100% - calc(100% - 1rem)) 50%"),
        ("background-position", "var(--underline-x) 100%", None),
        ("mask-image", "url(x/arrow-right-s-line.svg)", "url(x/arrow-left-s-line.svg)"),
        ("transform", "translateX(4px)", "translateX(calc(-1*(4px)))"),
        ("color", "red", None),
    ],
)
def test_what_has_no_logical_form_gets_a_mirror(name, value, expected):
    assert logical.for_right_to_left(name, value) == expected


def test_unused_variables_and_dark_theme_are_left_out():
    rules = sheet.parse(
        ":root{--a:1px;--b:var(--c);--c:2px}:root[data-fr-theme=dark]{--a:3px}p{margin:var(--b)}"
    )

    assert sheet.write(rules) == ":root{--b:var(--c);--c:2px}p{margin:var(--b)}"


def test_mirrored_rule_weighs_the_same_and_follows():
    css = sheet.write(sheet.parse(".x{background-position:0 0}"))

    assert css == ".x{background-position:0 0}:where([dir=rtl]) .x{background-position:100% 0}"


def test_an_unreadable_sheet_stops_the_build():
    with pytest.raises(ValueError, match="Unreadable"):
        sheet.parse("p{color red}")
