"""The digit that proves a line made for machines: weights 7, 3, 1, as in ICAO Doc 9303, part 3."""

FILLER = "<"


def check_digit(part: str) -> str:
    """The digit that proves a part of a line; letters count from A = 10, the filler is nothing."""
    total = sum(_value(sign) * (7, 3, 1)[place % 3] for place, sign in enumerate(part))
    return str(total % 10)


def _value(sign: str) -> int:
    if sign == FILLER:
        return 0
    return int(sign) if sign.isdigit() else ord(sign) - ord("A") + 10
