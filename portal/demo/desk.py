"""What the invented agents do at the desk and at the counter, page after page."""

import re

from portal.demo.browser import Browser, StoryError
from portal.demo.people import PASSWORD


class Agent:
    """Someone who signs in at a door of the administration."""

    email = ""
    door = "/agent/"

    def __init__(self, base_url):
        self.browser = Browser(base_url)
        self.base_url = base_url

    def sign_in(self):
        """Come in by the door's own sign-in page."""
        browser = self.browser.open(f"{self.base_url}{self.door}")
        form = browser.form(having="password")
        name = next(n for n in browser.names(form) if n in {"email", "login", "username"})
        browser.send(form, {name: self.email, "password": PASSWORD})
        if "connexion" in browser.url:
            raise StoryError(f"{self.email} could not sign in: {browser.text()[:200]}")

    def open_case(self, number):
        """Find the case in the queue, by its number."""
        browser = self.browser.open(f"{self.base_url}/agent/")
        for line in browser.page.select("main tr, main li"):
            link = line.find("a", href=re.compile(r"/agent/dossiers/[0-9a-f-]{36}/"))
            if link and number in re.sub(r"[\s\u202f\u00a0]", "", line.get_text()):
                self.case = re.search(r"/dossiers/[0-9a-f-]{36}/", link["href"]).group(0)
                return browser.open(self.page)
        raise StoryError(f"dossier {number} is not in the queue")

    @property
    def page(self):
        """The address of the case."""
        return f"{self.base_url}/agent{self.case}"

    def _act(self, path, values=None):
        form = self.browser.open(self.page + path).form(having="last_step")
        self.browser.send(form, values)


class Reviewer(Agent):
    """Checks the answers and proposes; never signs."""

    email = "instruction.herault@demo.invalid"

    def signs_in(self):
        """The desk's door."""
        self.sign_in()
        return "A reviewer of the Hérault signs in at the desk."

    def takes(self, number):
        """Ask for the next case; it is the one due first, so her others may come before."""
        browser = self.browser.open(f"{self.base_url}/agent/")
        browser.send(browser.form(r"/suivant/$"))
        if "/dossiers/" not in browser.url:
            raise StoryError(f"no case came: {browser.text()[:200]}")
        return self.open_case(number)

    def opens_the_case(self, number):
        """The case that a draw gave her, and its documents, side by side."""
        browser = self.takes(number)
        files = browser.links(r"/agent/pieces/[0-9a-f-]{36}/$")
        if not files:
            raise StoryError("the case page shows no document")
        for address in files:
            self._reads_pages_of(address)
        return f"The dossier is in the queue of the competent office; {len(files)} documents read."

    def _reads_pages_of(self, address):
        """The image of its first page, once the worker has drawn it."""

        def shown(browser):
            found = browser.page.find("img", srcset=True)
            return found and re.search(r"\S+/pages/1/1400/", found["srcset"])

        image = self.browser.wait_for(address, shown, what="the image of a document")
        _bytes, kind = self.browser.bytes_of(image[0])
        if kind != "image/webp":
            raise StoryError(f"{address} is shown as {kind}")

    def asks_for_completion(self):
        """One consolidated request."""
        items = {
            "pick_evidence_enrolment": "on",
            "why_evidence_enrolment": "L’année d’études n’est pas lisible sur la photo.",
            "pick_field_programme": "on",
            "why_field_programme": "Précisez l’intitulé exact du diplôme préparé.",
        }
        self._act("complement/", items)
        check = self.browser.form(having="last_step")
        self.browser.send(check, button="send")
        return "The reviewer asks for all that is missing at once: a document and an answer."

    def finds_it_complete(self):
        """The clock of the review starts."""
        self._act("complet/", {"read_everything": "on"})
        return "The dossier is complete: the review begins, the legal clock is shown."

    def proposes_a_grant(self):
        """Reasons in law and in fact; the other person reads them."""
        form = self.browser.open(f"{self.page}proposer/").form(having="last_step")
        self.browser.send(
            form,
            {
                "outcome": "grant",
                "grounds_law": "Articles L. 422-1 et L. 411-4 du CESEDA.",
                "grounds_fact": "Les études sont suivies et les ressources suffisent.",
                **self._verified(form),
                **self._months(form),
            },
        )
        return "She verifies each condition and proposes a grant, with grounds in law and in fact."

    def _verified(self, form):
        """Every condition is met, with the first paper offered or a note."""
        answers = {}
        for radio in form.find_all("input", attrs={"name": re.compile("^check_"), "value": "met"}):
            code = radio["name"].removeprefix("check_")
            answers |= {radio["name"]: "met", f"note_{code}": "Vu au dossier."}
            papers = form.select(f"select[name=paper_{code}] option")
            if len(papers) > 1:
                answers[f"paper_{code}"] = papers[1]["value"]
        if not answers:
            raise StoryError("the proposal asks to verify nothing")
        return answers

    def _months(self, form):
        """The length that the rule gives, or the first offered when it leaves a choice."""
        control = form.find(attrs={"name": "title_months"})
        if control is None or "règle" in control.find("option").get_text():
            return {}
        offered = [o["value"] for o in control.find_all("option") if o.get("value")]
        return {control["name"]: offered[0]}


class Signatory(Agent):
    """Signs what another person proposed."""

    email = "signature.herault@demo.invalid"

    def signs(self, number):
        """Open the list, read, sign."""
        self.sign_in()
        self.open_case(number)
        browser = self.browser.open(f"{self.page}signer/")
        form = browser.form(having="last_step")
        boxes = {c["name"]: c.get("value", "on") for c in form.find_all("input", type="checkbox")}
        radios = form.find_all("input", type="radio")
        chosen = {radios[0]["name"]: radios[0]["value"]} if radios else {}
        browser.send(form, boxes | chosen)
        return "Another person signs it; the order goes to the card's maker."


class CounterAgent(Agent):
    """Receives the people whom the portal convoked."""

    email = "guichet.herault@demo.invalid"
    door = "/counter/"

    def signs_in(self):
        """The counter's own door."""
        self.sign_in()
        return "A counter agent signs in at the counter."

    def _scan(self, code):
        browser = self.browser.open(f"{self.base_url}/counter/")
        browser.send(browser.form(r"/code/$"), {"code": code})
        return browser

    def _refused(self, code):
        browser = self._scan(code)
        if "/rendez-vous/" in browser.url and browser.page.find("form", action=re.compile("arriv")):
            raise StoryError("a code that should be refused was accepted")
        verdict = browser.page.select_one(".po-verdict p, [class*=verdict] p")
        return " ".join(verdict.get_text().split()) if verdict else browser.text()[:120]

    def refuses_a_forged_code(self):
        """A made-up code gets its reason."""
        return f"A forged code is refused: « {self._refused('RDV1:' + 'A' * 148)} »"

    def receives(self, code):
        """Scan, compare the face with the passport page, mark arrived."""
        browser = self._scan(code)
        picture = browser.page.find("img", src=re.compile("passeport"))
        if picture is None:
            raise StoryError(f"no passport page to compare: {browser.text()[:300]}")
        browser.bytes_of(picture["src"])
        browser.send(browser.form(r"/arrivee/"), {"compared": "on"})
        return f"The code is scanned, {browser.heading()} compared with the passport page: arrived."

    def hands_over(self):
        """The card is in the person's hands."""
        self.browser.send(self.browser.form(r"/fin/"), {"done": "on", "old_card": "taken_back"})
        return "The card is handed over, in one visit."

    def takes_prints(self):
        """The ten prints, when none are on record."""
        self.browser.send(self.browser.form(r"/fin/"), {"done": "on"})
        return "The prints are taken."

    def refuses_a_second_scan(self, code):
        """The same paper twice."""
        return f"A second scan is refused: « {self._refused(code)} »"
