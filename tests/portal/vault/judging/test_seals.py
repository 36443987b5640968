"""A 2D-Doc is believed whole or not at all: signed, certified, in time, not revoked, right."""

import datetime as dt

import pytest

from portal.vault.judging import marks, seals
from tests.portal.vault import samples, sealed

TODAY = dt.date(2026, 11, 27)
YEAR = dt.timedelta(days=365)


@pytest.fixture
def authority():
    return sealed.certified("FR98", ca=True)


@pytest.fixture
def signer(authority):
    return sealed.certified("TST1", by=authority)


@pytest.fixture
def believed(settings, tmp_path, authority, signer):
    sealed.configured(settings, tmp_path, (authority, signer))


def said(code):
    read = seals.read(code, TODAY)
    return (str(read.state), read.why)


def test_a_signed_code_says_its_kind_its_day_and_who_signed(believed, authority, signer):
    read = seals.read(sealed.code(authority, signer), TODAY)

    assert read == seals.Seal("verified", "01", sealed.SIGNED_ON, "Énergie d’essai (FR98)", "")


def test_without_a_configured_authority_nothing_is_verified(authority, signer):
    read = seals.read(sealed.code(authority, signer), TODAY)

    assert (read.state, read.why, read.by) == ("unverified", "authority", "")
    assert (read.kind, read.issued_on) == ("01", sealed.SIGNED_ON)


def test_no_byte_of_a_code_can_be_changed(believed, authority, signer):
    code = sealed.code(authority, signer)

    for place in range(len(code)):
        changed = code[:place] + bytes([code[place] ^ 1]) + code[place + 1 :]
        assert seals.read(changed, TODAY).state != "verified", place
    for other in (code[:-1], code + b"A", code[:150], code * 2, b"", b"DC04", code + b"=" * 9):
        assert seals.read(other, TODAY).state != "verified"


def test_the_last_letter_of_a_signature_has_one_way_to_be_written(believed, authority, signer):
    code = sealed.code(authority, signer)

    letters = [bytes([one]) for one in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"]
    states = [seals.read(code[:-1] + letter, TODAY).state for letter in letters]
    assert states.count("verified") == 1


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("62DUPONT", "13"),  # a kind that always says more
        ("62Dupont\x1d60ANNE", "01"),
        ("62BENALI60ANNE", "01"),  # no separator: one value of letters and digits
        ("10BENALI\x1d10DIALLO", "01"),
        ("ZZBENALI", "01"),
        ("2434", "01"),
        ("24ABCDE", "01"),
        ("10" + "A" * 39, "01"),
        ("1", "01"),
        ("", "01"),
    ],
)
def test_a_signed_content_that_is_badly_written_is_refused(
    believed, authority, signer, content, kind
):
    assert said(sealed.code(authority, signer, content, kind=kind)) == ("invalid", "content")


def test_a_content_at_its_longest_needs_no_separator(believed, authority, signer):
    content = "10" + "A" * 38 + "62" + "B" * 38

    assert said(sealed.code(authority, signer, content)) == ("verified", "")


def test_a_namesake_of_the_authority_certifies_nobody(settings, tmp_path, authority):
    namesake = sealed.certified("FR98", ca=True)
    signer = sealed.certified("TST1", by=namesake)
    sealed.configured(settings, tmp_path, (authority, signer))

    assert said(sealed.code(authority, signer)) == ("invalid", "signature")


def test_who_is_certified_certifies_nobody(settings, tmp_path, signer):
    below = sealed.certified("TST2", by=signer)
    sealed.configured(settings, tmp_path, (signer, below))
    settings.SEAL_AUTHORITIES = ["FR98"]
    (tmp_path / "TST1.pem").rename(tmp_path / "FR98.pem")
    (tmp_path / "TST1_TST2.pem").rename(tmp_path / "FR98_TST2.pem")
    signer.name = "FR98"

    assert said(sealed.code(signer, below)) == ("invalid", "chain")


def test_a_signer_signs_under_its_own_name_alone(settings, tmp_path, authority, signer):
    sealed.configured(settings, tmp_path, (authority, signer))
    (tmp_path / "FR98_TST1.pem").rename(tmp_path / "FR98_TST9.pem")
    signer.name = "TST9"

    assert said(sealed.code(authority, signer)) == ("invalid", "signer")


@pytest.mark.parametrize(
    ("signed", "state"),
    [
        (dt.date(2025, 6, 1), ("verified", "")),  # the certificate ended since
        (dt.date(2026, 2, 1), ("invalid", "expired")),
        (dt.date(2024, 6, 1), ("invalid", "expired")),
        (TODAY + YEAR, ("invalid", "form")),
    ],
)
def test_a_certificate_counts_on_the_day_of_the_signature(
    settings, tmp_path, authority, signed, state
):
    signer = sealed.certified("TST1", by=authority, last=dt.date(2026, 1, 1))
    sealed.configured(settings, tmp_path, (authority, signer))

    assert said(sealed.code(authority, signer, issued=signed, signed=signed)) == state


def test_a_revoked_signer_is_believed_for_no_day(settings, tmp_path, authority, signer):
    sealed.configured(settings, tmp_path, (authority, signer), revoked=[signer])

    before = dt.date(2026, 1, 2)
    assert said(sealed.code(authority, signer, signed=before)) == ("invalid", "revoked")


def test_a_list_that_is_out_of_date_proves_nothing(settings, tmp_path, authority, signer):
    pair = (authority, signer)
    sealed.configured(settings, tmp_path, pair, revoked=[], until=dt.date(2026, 10, 1))
    assert said(sealed.code(*pair)) == ("unverified", "revocations")

    sealed.configured(settings, tmp_path, pair, revoked=[])
    assert said(sealed.code(*pair)) == ("verified", "")


@pytest.mark.parametrize(("lean", "quality"), [(0, 85), (3, 40), (90, 60), (-17, 70)])
def test_bars_are_read_on_a_page_held_askew(believed, authority, signer, lean, quality):
    data = sealed.page(sealed.code(authority, signer), lean=lean, quality=quality)

    assert marks.look(data, "image/jpeg", TODAY).seal.state == "verified"


def test_bars_of_the_post_and_papers_without_bars_say_nothing(believed):
    assert not marks.look(sealed.page(b"%0000123456789"), "image/jpeg", TODAY)
    assert not marks.look(samples.pdf(2), "application/pdf", TODAY)
    assert not marks.look(b"nothing", "image/jpeg", TODAY)


def test_of_two_codes_the_one_that_is_wrong_is_told(believed, authority, signer, monkeypatch):
    good = sealed.code(authority, signer)
    codes = [good.hex(), good.replace(b"BENALI", b"DIALLO").hex()]
    monkeypatch.setattr(
        marks.apart, "ask", lambda *_a, **_k: marks.apart.Answer("read", {"codes": codes})
    )

    assert marks.look(b"", "image/jpeg", TODAY).seal.state == "invalid"
