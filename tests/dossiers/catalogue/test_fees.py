from dataclasses import replace
from datetime import date

import pytest

from dossiers.catalogue.fees import NoScheduleInForce, fees_for, late_charge

TODAY = date(2026, 11, 23)


def test_a_student_pays_seventy_five_euros_at_hand_over(procedures):
    quote = fees_for(procedures["student-renewal"], TODAY)

    assert [(line.code, line.amount_eur) for line in quote.lines] == [
        ("renewal-tax-reduced", 50),
        ("stamp-duty", 25),
    ]
    assert quote.total == 75
    assert quote.due_at("hand-over") == 75
    assert quote.due_at("filing") == 0
    assert quote.lines[1].legal == ("CESEDA L.436-7", "CESEDA L.436-1 à L.436-7")


def test_amounts_without_a_date_are_announced_and_never_charged(procedures):
    quote = fees_for(procedures["student-renewal"], TODAY)

    assert [(line.code, line.amount_eur, line.schedule) for line in quote.to_confirm] == [
        ("stamp-duty", 50, "LF2026")
    ]
    assert quote.total_to_confirm == 100
    assert {line.schedule for line in quote.lines} == {"LF2022"}


def test_a_spouse_pays_two_hundred_and_twenty_five_euros(procedures):
    quote = fees_for(procedures["spouse-of-french-first"], TODAY, {"arrived_with": "visa_exempt"})
    assert (quote.total, quote.total_to_confirm) == (225, 350)


def test_entering_without_the_required_visa_costs_more_partly_at_filing(procedures):
    quote = fees_for(procedures["spouse-of-french-first"], TODAY, {"arrived_with": "no_visa"})
    assert quote.due_at("filing") == 50
    assert quote.total == 225 + 200
    assert quote.total_to_confirm == 350 + 300


@pytest.mark.parametrize(
    ("kind", "total", "announced"),
    [
        ("worker", 225, 250),
        ("student", 75, 100),
        ("retired", 25, 50),
        ("eu_family", 0, None),
        (None, 225, 250),
    ],
)
def test_a_duplicate_costs_what_the_kind_of_title_costs(procedures, kind, total, announced):
    quote = fees_for(procedures["duplicate"], TODAY, {"title_kind": kind})
    assert (quote.total, quote.total_to_confirm) == (total, announced)


def test_the_late_charge_stands_apart(procedures):
    charge = late_charge(procedures["student-renewal"], TODAY)
    assert (charge.amount_eur, charge.legal[0]) == (180, "CESEDA L.436-5")
    assert late_charge(procedures["duplicate"], TODAY) is None


def test_a_day_before_every_schedule_is_refused(procedures):
    with pytest.raises(NoScheduleInForce, match="renewal-tax-reduced: aucun barème"):
        fees_for(procedures["student-renewal"], date(2021, 12, 31))


def test_once_dated_a_schedule_applies_from_its_day(procedures):
    procedure = procedures["student-renewal"]
    use = procedure.fees[1]
    old, new = use.fee.amounts
    dated = (replace(old, until=date(2026, 12, 31)), replace(new, since=date(2027, 1, 1)))
    changed = replace(
        procedure, fees=(procedure.fees[0], replace(use, fee=replace(use.fee, amounts=dated)))
    )

    assert fees_for(changed, date(2026, 12, 31)).total == 75
    assert fees_for(changed, date(2027, 1, 1)).total == 100
    assert fees_for(changed, date(2027, 1, 1)).to_confirm == ()
