"""The agents of the desk and of the counter in real browsers."""

import re

from portal.demo.people import PASSWORD
from tests.journeys.forms import controls, press, tick_all


class Agent:
    """Someone who signs in at a door of the administration."""

    email, door, label = "", "/agent/", "desk"

    def __init__(self, page, album):
        self.page, self.album = page, album
        self.case = None

    def look(self, name):
        """Examine the page in view."""
        self.album.look(self.page, name)

    def signs_in(self, look=True):
        """By the door's own page."""
        self.page.goto(self.door)
        if look:
            self.look(f"{self.label}-sign-in")
        form = self.page.locator("main form:has([name=password])")
        form.locator("[type=email]").fill(self.email)
        form.locator("[name=password]").fill(PASSWORD)
        press(self.page, form.locator("button[type=submit]"))
        assert "connexion" not in self.page.url, self.page.inner_text("main")

    def opens_the_case(self, number):
        """From the queue, by the dossier's number."""
        self.page.goto("/agent/")
        for line in self.page.locator("main tr, main li").all():
            digits = re.sub(r"[\s\u202f\u00a0]", "", line.inner_text())
            if number in digits:
                link = line.locator("a[href*='/agent/dossiers/']").first
                self.case = link.get_attribute("href")
                return
        raise AssertionError(f"dossier {number} is not in the queue")

    def opens(self, path=""):
        """A page of the case."""
        self.page.goto(self.case + path)
        return self.page.locator("form:has([name=last_step])")


class Reviewer(Agent):
    """Checks the answers and proposes; never signs."""

    email = "instruction.herault@demo.invalid"

    def reads_the_case(self, number):
        """The next case, the queue, the case with its documents side by side."""
        self.page.goto("/agent/")
        press(self.page, self.page.locator("form[action$='/suivant/'] button[type=submit]"))
        assert "/dossiers/" in self.page.url
        self.opens_the_case(number)
        self.look("desk-queue")
        self.opens()
        self.look("desk-case")
        self.reads_a_paper()

    def reads_a_paper(self):
        """The pages of a paper as images, the large one in a box that scrolls with the keyboard."""
        press(self.page, self.page.locator("figure a[href*='/agent/pieces/']").last)
        self._sees_the_image()
        self.look("desk-paper")
        press(self.page, self.page.locator("a[href*='zoom=1']"))
        self._sees_the_image()
        assert self.page.locator("[role=region][tabindex='0'] img").count() == 1
        self.look("desk-paper-zoomed")

    def _sees_the_image(self):
        image = self.page.locator("main img[src*='/pages/1/']")
        image.wait_for()
        assert image.evaluate("(one) => one.decode().then(() => one.naturalWidth > 0)")
        assert image.get_attribute("alt").startswith("Page 1 sur ")

    def asks_for_completion(self):
        """A document and an answer, at once."""
        form = self.opens("complement/")
        self.look("desk-ask-completion")
        for summary in form.locator("details summary").all():
            summary.click()
        for name, why in {
            "evidence_enrolment": "L’année d’études n’est pas lisible sur la photo.",
            "field_programme": "Précisez l’intitulé exact du diplôme préparé.",
        }.items():
            box = form.locator(f"[name=pick_{name}]").get_attribute("id")
            self.page.locator(f"label[for='{box}']").click()
            form.locator(f"[name=why_{name}]").fill(why)
        self._sends(form)
        self.look("desk-check-completion")
        press(self.page, self.page.locator("main button[name=send]"))

    def finds_it_complete(self):
        """The clock of the review starts."""
        form = self.opens("complet/")
        self.look("desk-complete")
        tick_all(self.page, form)
        self._sends(form)

    def proposes_a_grant(self):
        """Reasons in law and in fact; the other person reads them."""
        form = self.opens("proposer/")
        self.look("desk-propose")
        for control in controls(form):
            if control["kind"] == "radio" and control["value"] in ("grant", "met"):
                self.page.locator(f"label[for='{control['id']}']").click()
            elif control["name"].startswith("note_"):
                form.locator(f"[name={control['name']}]").fill("Vu au dossier.")
        months = form.locator("[name=title_months]")
        if months.count() and "règle" not in months.locator("option").first.inner_text():
            months.select_option(index=1)
        form.locator("[name=grounds_law]").fill("Articles L. 422-1 et L. 411-4 du CESEDA.")
        form.locator("[name=grounds_fact]").fill("Études suivies, ressources suffisantes.")
        self._sends(form)

    def _sends(self, form):
        press(self.page, form.locator("button[type=submit]:not([name])").first)
        problems = self.page.locator("[data-error-summary]")
        assert not problems.count(), problems.first.inner_text()


class Signatory(Reviewer):
    """Signs what another person proposed."""

    email = "signature.herault@demo.invalid"

    def signs(self, number):
        """The list, the proposal, the signature."""
        self.opens_the_case(number)
        self.page.goto("/agent/signatures/")
        self.look("desk-signatures")
        form = self.opens("signer/")
        self.look("desk-sign")
        tick_all(self.page, form)
        radios = [c for c in controls(form) if c["kind"] == "radio"]
        if radios:
            self.page.locator(f"label[for='{radios[0]['id']}']").click()
        self._sends(form)


class CounterAgent(Agent):
    """Receives the people whom the portal convoked."""

    email, door, label = "guichet.herault@demo.invalid", "/counter/", "counter"

    def reads_the_day(self):
        """Who is expected."""
        self.page.goto("/counter/")
        self.look("counter-day")

    def scans(self, code):
        """Give the code to the page, as the reader of the counter types it."""
        self.page.goto("/counter/")
        form = self.page.locator("main form[action$='/code/']")
        form.locator("[name=code]").fill(code)
        press(self.page, form.locator("button[type=submit]"))

    def receives(self, code):
        """The face beside the passport's page, then the arrival."""
        self.scans(code)
        picture = self.page.locator("img[src*='passeport']")
        assert picture.evaluate("(image) => image.complete && image.naturalWidth > 0")
        self.look("counter-visit")
        self._sends("arrivee")

    def hands_over(self):
        """The card is in the person's hands."""
        self.look("counter-arrived")
        self.page.locator("main form[action*='/fin/'] [name=old_card]").select_option("taken_back")
        self._sends("fin")
        self.look("counter-done")

    def _sends(self, path):
        form = self.page.locator(f"main form[action*='/{path}/']")
        tick_all(self.page, form)
        press(self.page, form.locator("button[type=submit]"))
