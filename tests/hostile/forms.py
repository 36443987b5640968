"""The forms of a page as a browser reads them, filled so that they would be accepted."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin

from bs4 import BeautifulSoup

IGNORED = {"submit", "button", "image", "reset", "file"}
TYPED = {"text", "email", "tel", "search", "textarea", "password", "number", "date", "hidden"}


@dataclass
class Control:
    """One name of a form, with what the page proposes for it."""

    name: str
    kind: str
    value: str
    options: list = field(default_factory=list)


@dataclass
class Form:
    """Where it is sent and what it would send."""

    url: str
    controls: dict

    @property
    def filled(self):
        return {control.name: control.value for control in self.controls.values()}

    def typed(self):
        """The names a person types in; a hidden one can be typed by a thief."""
        return [c.name for c in self.controls.values() if c.kind in TYPED]


def forms_of(answer, url):
    """Every form of the page that is sent by POST, the site's own ones left out."""
    page = BeautifulSoup(answer.content, "html.parser")
    found = []
    for form in page.find_all("form"):
        target = urljoin(url, form.get("action") or url)
        elsewhere = re.search(r"/(langue|deconnexion)/$", target.partition("?")[0])
        if form.get("method", "get").lower() == "post" and not elsewhere:
            found.append(Form(target, _controls(form)))
    return found


def shown(answer, url, name):
    """What the answer shows in the control of this name, None without it."""
    for form in forms_of(answer, url):
        if name in form.controls:
            return form.controls[name].value
    return None


def body(fields):
    """The body of a form; a value may be raw bytes, and a name may be repeated."""
    return urlencode(fields, doseq=True)


def _controls(form):
    controls = {}
    for tag in form.find_all(["input", "select", "textarea"]):
        name, kind = tag.get("name"), (tag.get("type") or tag.name).lower()
        if not name or kind in IGNORED or name == "csrfmiddlewaretoken":
            continue
        if kind in {"radio", "checkbox"}:
            _add_choice(controls, tag, name, kind)
        elif tag.name == "select":
            options = [option.get("value", "") for option in tag.find_all("option")]
            chosen = tag.find("option", selected=True)
            value = chosen.get("value", "") if chosen else next(filter(None, options), "")
            controls[name] = Control(name, "select", value, options)
        else:
            value = tag.text.removeprefix("\n") if tag.name == "textarea" else tag.get("value", "")
            controls[name] = Control(name, "text" if kind == "input" else kind, value)
    return controls


def _add_choice(controls, tag, name, kind):
    value = tag.get("value", "on")
    control = controls.setdefault(name, Control(name, kind, value))
    control.options.append(value)
    if tag.has_attr("checked"):
        control.value = value
