"""From a guidance page to the hand-over in real browsers; every page is examined on the way."""

import pytest


def test_the_card_is_handed_over(journey):
    assert journey.letters == 3  # receipt, decision, notice
    assert journey.lines >= 8
    assert "Ne recevez pas cette personne maintenant" in journey.refusal


@pytest.mark.parametrize("kind", ["axe", "overflow", "structure", "console", "network"])
def test_no_page_of_the_journey_has_a_fault(journey, album, kind):
    assert album.faults.get(kind, []) == []
    assert len(album.seen) > 30
