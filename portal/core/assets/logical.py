"""Rewrites left and right into start and end, so that one style sheet serves both directions.

What CSS cannot say logically (background positions, arrows, translations) gets a second rule for
right-to-left pages, of the same weight and right after the first.
"""

import re

SIDES = {"left": "inline-start", "right": "inline-end"}
CORNERS = {
    "border-top-left-radius": "border-start-start-radius",
    "border-top-right-radius": "border-start-end-radius",
    "border-bottom-left-radius": "border-end-start-radius",
    "border-bottom-right-radius": "border-end-end-radius",
}
RADIUS_ORDER = (
    "border-start-start-radius",
    "border-start-end-radius",
    "border-end-end-radius",
    "border-end-start-radius",
)
ALIGNED = {"text-align": {"left": "start", "right": "end"}, "float": SIDES, "clear": SIDES}
FOUR_SIDES = {"margin", "padding", "inset", "border-color", "border-style", "border-width"}
SIDE_NAME = re.compile(r"^((?:scroll-)?(?:margin|padding)|border)-(left|right)(-\w+)?$")
ARROW = re.compile(r"(arrow|skip|chevron)(s?)([\w-]*?)-(left|right)\b")
TRANSLATE = re.compile(r"translateX\(([^()]+|[^()]*\([^()]*\)[^()]*)\)")
GRADIENT_AT = re.compile(r"\bat (100%|0)(?= )")


def to_logical(name, value):
    """The declarations that say the same from start to end."""
    if name in CORNERS:
        return [(CORNERS[name], value)]
    if name in SIDES:
        return [(f"inset-{SIDES[name]}", value)]
    side = SIDE_NAME.match(name)
    if side:
        prefix, where, rest = side.groups()
        return [(f"{prefix}-{SIDES[where]}{rest or ''}", value)]
    if name in ALIGNED:
        return [(name, ALIGNED[name].get(value, value))]
    if name in FOUR_SIDES:
        return _four_sides(name, value)
    if name == "border-radius":
        return _four_corners(name, value)
    return [(name, value)]


def for_right_to_left(name, value):
    """The mirrored value of a declaration that has no logical form, or nothing."""
    if "--underline-" in value:  # an underline stays under its text in both directions
        return None
    if name == "background-position":
        mirrored = ",".join(_mirrored_position(one) for one in _split(value, ","))
    elif name in {"mask-image", "-webkit-mask-image", "background-image"}:
        mirrored = ARROW.sub(other_arrow, value)
        mirrored = GRADIENT_AT.sub(lambda at: f"at {'0' if at[1] == '100%' else '100%'}", mirrored)
    elif name == "transform":
        mirrored = TRANSLATE.sub(lambda found: f"translateX(calc(-1*({found[1]})))", value)
    else:
        return None
    return None if mirrored == value else mirrored


def other_arrow(found):
    """Replacement for a match of `ARROW`: left for right."""
    other = "right" if found[4] == "left" else "left"
    return f"{found[1]}{found[2]}{found[3]}-{other}"


def _mirrored_position(position):
    parts = _split(position, " ")
    across = parts[0]
    if across in {"left", "right"}:
        parts[0] = "right" if across == "left" else "left"
    elif across in {"0", "0%", "100%"}:
        parts[0] = "0" if across == "100%" else "100%"
    elif across not in {"center", "50%", "top", "bottom", "inherit", "initial"}:
        parts[0] = f"calc(100% - {across})"
    return " ".join(parts)


def _four_sides(name, value):
    parts = _split(value, " ")
    if len(parts) != 4 or parts[1] == parts[3]:
        return [(name, value)]
    top, right, bottom, left = parts
    family, _dash, rest = name.partition("-")
    rest = f"-{rest}" if rest else ""
    return [
        (f"{family}-block{rest}", f"{top} {bottom}"),
        (f"{family}-inline{rest}", f"{left} {right}"),
    ]


def _four_corners(name, value):
    parts = _split(value, " ")
    if len(parts) == 1 or "/" in value:
        return [(name, value)]
    first, second = parts[0], parts[1]
    third = parts[2] if len(parts) > 2 else first
    fourth = parts[3] if len(parts) > 3 else second
    return list(zip(RADIUS_ORDER, (first, second, third, fourth), strict=True))


def _split(value, separator):
    """Split at the separators that stand outside every parenthesis."""
    parts, depth, current = [], 0, ""
    for character in value:
        depth += (character == "(") - (character == ")")
        if character == separator and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += character
    return [part.strip() for part in [*parts, current] if part.strip()]
