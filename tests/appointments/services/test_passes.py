"""The QR and the short code: what was not made by us opens nothing."""

import datetime as dt
import secrets
import string
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appointments.services import passes
from appointments.services.passes import UnreadablePass, new_code, read_code, read_seal

STARTS_AT = dt.datetime(2026, 12, 12, 9, tzinfo=dt.UTC)
FACTS = {
    "scan_id": uuid.UUID(int=7),
    "site_id": 12,
    "starts_at": STARTS_AT,
    "ends_at": STARTS_AT + dt.timedelta(minutes=10),
}
BASE32 = string.ascii_uppercase + "234567"


def test_a_seal_reads_back_what_it_says():
    sealed = passes.seal(**FACTS)

    seen = read_seal(sealed, at=STARTS_AT)

    assert (seen.scan_id, seen.site_id, seen.starts_at) == (FACTS["scan_id"], 12, STARTS_AT)
    assert len(sealed) == 153
    assert read_seal(f"  {sealed.lower()}\n", at=STARTS_AT) == seen


def test_every_single_changed_sign_is_refused():
    sealed = passes.seal(**FACTS)

    for place in range(len(passes.PREFIX), len(sealed)):
        other = BASE32[(BASE32.index(sealed[place]) + 1) % 32]
        with pytest.raises(UnreadablePass):
            read_seal(sealed[:place] + other + sealed[place + 1 :], at=STARTS_AT)


def test_another_key_is_refused(settings):
    forged = passes.seal(**FACTS)
    settings.QR_PRIVATE_KEY = secrets.token_hex(32)

    with pytest.raises(UnreadablePass, match="émis"):
        read_seal(forged, at=STARTS_AT)


def test_a_notice_printed_before_a_change_of_key_stays_readable(settings):
    printed = passes.seal(**FACTS)
    settings.QR_OLD_PUBLIC_KEYS = [passes.public_key()]
    settings.QR_PRIVATE_KEY = secrets.token_hex(32)

    assert read_seal(printed, at=STARTS_AT).scan_id == FACTS["scan_id"]
    assert read_seal(passes.seal(**FACTS), at=STARTS_AT).scan_id == FACTS["scan_id"]


def test_a_pass_is_over_two_hours_after_the_appointment():
    sealed = passes.seal(**FACTS)
    last = FACTS["ends_at"] + dt.timedelta(hours=2)

    assert read_seal(sealed, at=last)
    with pytest.raises(UnreadablePass, match="périmé"):
        read_seal(sealed, at=last + dt.timedelta(seconds=1))


@given(st.text(max_size=200))
@settings(max_examples=150)
def test_any_other_text_is_refused_with_words(text):
    for read in (lambda: read_seal(passes.PREFIX + text, at=STARTS_AT), lambda: read_code(text)):
        with pytest.raises(UnreadablePass):
            read()


def test_a_code_is_read_however_it_is_typed():
    code = new_code()

    assert read_code(f" {code[:4].lower()}-{code[4:]} ") == code
    assert len({new_code() for _one in range(200)}) == 200


def test_one_wrong_sign_or_two_exchanged_show_in_the_check_letter():
    code = new_code()

    for place in range(7):
        other = passes.SIGNS[(passes.SIGNS.index(code[place]) + 1) % 31]
        with pytest.raises(UnreadablePass, match="faux"):
            read_code(code[:place] + other + code[place + 1 :])
    for place in range(6):
        first, second = code[place], code[place + 1]
        if first != second:
            with pytest.raises(UnreadablePass, match="faux"):
                read_code(code[:place] + second + first + code[place + 2 :])
