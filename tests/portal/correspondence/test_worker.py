"""The real processes: a page writes a mail, the worker sends it to the real mail server."""

import http.cookiejar
import re
import time
import urllib.parse
import urllib.request

import pytest

PATIENCE = 30


class Visitor:
    """A browser without scripts: it keeps cookies and sends forms with their token."""

    def __init__(self, base_url):
        self.base_url = base_url
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def post(self, path, **fields):
        page = self.opener.open(self.base_url + path).read().decode()
        fields["csrfmiddlewaretoken"] = re.search(
            r'name="csrfmiddlewaretoken" value="([^"]+)"', page
        )[1]
        data = urllib.parse.urlencode(fields).encode()
        return self.opener.open(self.base_url + path, data)


@pytest.mark.long
def test_a_code_written_by_a_page_is_sent_by_the_worker_and_opens_the_account(stack):
    visitor = Visitor(stack.base_url)
    visitor.post("/compte/creer/", email="nadia@exemple.fr", password1="une phrase assez longue")

    code = wait_for_code(stack.mail_folder, "nadia@exemple.fr")
    answer = visitor.post("/compte/adresse/code/", code=code, action="verify")

    assert urllib.parse.urlsplit(answer.url).path == "/mon-espace/"


def wait_for_code(folder, address):
    """The code in the message that reached the mail server."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for message in sorted(folder.glob("*.eml")):
            text = message.read_text()
            if address in text:
                return re.search(r"^\d{4}-\d{4}$", text, re.MULTILINE)[0]
        time.sleep(0.2)
    raise AssertionError(f"no mail for {address} in {PATIENCE} seconds")
