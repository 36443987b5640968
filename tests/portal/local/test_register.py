"""The simulated register: one answer for all that is wrong, and a token."""

import json
import threading
import urllib.error
import urllib.request

import pytest

from portal.local.register import NOBODY, PEOPLE, Refused, look_up, make_server

KNOWN = {"foreigner_number": "9900000001", "birth_date": "1999-05-04"}


def test_number_and_birth_date_together_find_a_person():
    answer = look_up(PEOPLE, KNOWN)

    assert answer["found"]
    assert answer["facts"]["birth_name"] == "EXEMPLE"


@pytest.mark.parametrize(
    "wrong",
    [
        {"foreigner_number": "9999999999"},
        {"foreigner_number": "pas un numéro"},
        {"birth_date": "1999-05-05"},
        {"foreigner_number": "9999999999", "birth_date": NOBODY["birth_date"]},
    ],
)
def test_all_that_is_wrong_has_one_answer(wrong):
    assert look_up(PEOPLE, KNOWN | wrong) == {"found": False}


def test_a_question_without_its_two_parts_is_refused():
    with pytest.raises(Refused, match="missing"):
        look_up(PEOPLE, {"foreigner_number": "9900000001"})


def test_it_answers_over_http_to_who_holds_the_token():
    server = make_server(0, "secret")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/lookups"

    def ask(token):
        headers = {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(url, json.dumps(KNOWN).encode(), headers)
        with urllib.request.urlopen(request, timeout=5) as response:
            return json.loads(response.read())

    try:
        assert ask("secret")["found"]
        with pytest.raises(urllib.error.HTTPError, match="401"):
            ask("other")
    finally:
        server.shutdown()
        server.server_close()
