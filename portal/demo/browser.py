"""A small browser for the journey: it reads the real pages and sends their real forms."""

import re
import time
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup

SECONDS = 30


class StoryError(RuntimeError):
    """A page did not say what the story needs; the journey stops with this sentence."""


class Browser:
    """One person's browser: cookies, the page in view, its links and forms."""

    def __init__(self, base_url, *, language="fr"):
        self.base_url = base_url
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = language
        self.url = base_url
        self.status = None
        self.page = BeautifulSoup("", "html.parser")

    def open(self, address):
        """Go to an address, relative or whole; refuses an error page."""
        return self._show(self.session.get(urljoin(self.url, address), timeout=SECONDS))

    def bytes_of(self, address):
        """The bytes of a file, with its type."""
        answer = self.session.get(urljoin(self.url, address), timeout=SECONDS)
        if answer.status_code != 200:
            raise StoryError(f"{address} answered {answer.status_code}")
        return answer.content, answer.headers.get("Content-Type", "")

    def _show(self, answer, *, expected=(200,)):
        self.url, self.status = answer.url, answer.status_code
        self.page = BeautifulSoup(answer.text, "html.parser")
        if answer.status_code not in expected:
            raise StoryError(f"{answer.url} answered {answer.status_code}: {self.heading()}")
        return self

    def heading(self):
        """The main heading of the page."""
        heading = self.page.find("h1")
        return " ".join(heading.get_text(" ").split()) if heading else ""

    def text(self):
        """The words of the page's main part."""
        part = self.page.find("main") or self.page
        return " ".join(part.get_text(" ").split())

    def link(self, pattern):
        """The address of the first link whose address matches; None without one."""
        found = self.page.find("a", href=re.compile(pattern))
        return urljoin(self.url, found["href"]) if found else None

    def links(self, pattern):
        """Every address on the page that matches, once each, in order."""
        found = self.page.find_all("a", href=re.compile(pattern))
        return list(dict.fromkeys(urljoin(self.url, anchor["href"]) for anchor in found))

    def follow(self, pattern):
        """Follow the first link whose address matches."""
        address = self.link(pattern)
        if address is None:
            raise StoryError(f"{self.url} ({self.heading()}) has no link {pattern!r}")
        return self.open(address)

    def form(self, pattern="", *, having=None):
        """The first form of the main part whose address matches and which has that field."""
        part = self.page.find("main") or self.page
        for form in part.find_all("form", method=re.compile("post", re.I)):
            if re.search(pattern, form.get("action") or self.url) and (
                having is None or form.find(attrs={"name": having})
            ):
                return form
        raise StoryError(f"{self.url} ({self.heading()}) has no form {pattern!r} {having or ''}")

    def fields(self, form):
        """The values that a browser would send if nothing were changed."""
        values = {}
        for control in form.find_all(["input", "select", "textarea"]):
            name, kind = control.get("name"), control.get("type", "text")
            if not name or control.has_attr("disabled") or kind in {"file", "submit"}:
                continue
            if control.name == "select":
                chosen = control.find("option", selected=True) or control.find("option")
                values[name] = chosen.get("value", "") if chosen else ""
            elif kind in {"radio", "checkbox"}:
                if control.has_attr("checked"):
                    values.setdefault(name, []).append(control.get("value", "on"))
            elif control.name == "textarea":
                values[name] = control.get_text()
            else:
                values[name] = control.get("value", "")
        return values

    def names(self, form):
        """Names of the form's controls, in order, once each."""
        controls = form.find_all(["input", "select", "textarea"])
        return list(dict.fromkeys(c["name"] for c in controls if c.get("name")))

    def send(self, form, values=None, *, files=None, button=None):
        """Send a form with these values over what it already holds, and show the answer."""
        data = self.fields(form) | (values or {})
        pressed = form.find("button", attrs={"name": button}) if button else None
        if pressed is not None:
            data[button] = pressed.get("value", "")
        answer = self.session.post(
            urljoin(self.url, form.get("action") or self.url),
            data=data,
            files=files,
            headers={"Referer": self.url},
            timeout=SECONDS,
        )
        self._show(answer)
        problems = self.page.select(".fr-error-text, .po-errors li, [data-error-summary] li")
        if problems:
            words = "; ".join(" ".join(p.get_text(" ").split()) for p in problems[:4])
            raise StoryError(f"{self.url} ({self.heading()}) refused: {words}")
        return self

    def wait_for(self, address, found, *, seconds=60, what=""):
        """Open an address again and again until `found(browser)` gives something."""
        until = time.monotonic() + seconds
        while True:
            self.open(address)
            if result := found(self):
                return result
            if time.monotonic() > until:
                raise StoryError(f"waited {seconds} s in vain for {what or address}")
            time.sleep(0.5)
