"""The invented applicant in a real browser."""

import io
import re
from urllib.parse import urlencode

import pypdfium2
import zxingcpp

from portal.demo.papers import paper
from portal.demo.people import PASSWORD
from portal.demo.story import answers
from tests.journeys.forms import choose, controls, fill, press, tick_all

PROCEDURE = "student-renewal"
EXTENSIONS = ("pdf", "jpg", "png", "heic")
LINES = ["EXEMPLE", "Amina Démonstration", "née le 12.04.2001", "Ville-Inventée"]
PAGE = re.compile(r"/depot/([\w-]+)/$")
NOT_QUESTIONS = {"registre", "pieces", "verifier", "deposer", "supprimer"}


class Applicant:
    """One person's browser, from the guidance page to the timeline."""

    def __init__(self, page, album, email, today, language="fr"):
        self.page, self.album, self.email = page, album, email
        self.language = language
        self.known = answers(email, today)
        self.dossier = self.number = None
        self.letters = []

    def look(self, name):
        """Examine the page in view, when someone keeps an album."""
        if self.album:
            named = name if self.language == "fr" else f"{self.language}-{name}"
            self.album.look(self.page, named, language=self.language)

    @property
    def timeline(self):
        return f"/mon-espace/dossiers/{self.dossier}/"

    def reads_the_guidance_page(self):
        """The front page, then the procedure's own page."""
        self.page.goto("/" if self.language == "fr" else f"/{self.language}/")
        self.look("home")
        links = self.page.locator(f"main a[href*='/{self.language}/']")
        start = f"a[href*='/{PROCEDURE}/commencer/']"
        for address in links.evaluate_all("all => all.map((link) => link.href)"):
            self.page.goto(address)
            if self.page.locator(start).count():
                self.look("procedure")
                return
        raise AssertionError("no guidance page leads to the procedure")

    def makes_an_account(self):
        """Sign up with the code that the mail brought."""
        page = self.page
        press(page, page.locator(f"a[href*='/{PROCEDURE}/commencer/']").first)
        self.look("sign-in")
        press(page, page.locator("a[href*='/compte/creer/'] >> visible=true").first)
        self.look("sign-up")
        page.locator("main [name=email]").fill(self.email)
        for secret in page.locator("main [name^=password]").all():
            secret.fill(PASSWORD)
        press(page, page.locator("main form button[type=submit]").first)
        self.look("code")
        page.locator("main [name=code]").fill(self._code())
        press(page, page.locator("main form:has([name=code]) button[type=submit]").first)

    def _code(self):
        other = self.page.context.new_page()
        for _ in range(60):
            other.goto(f"/demo/courrier/?{urlencode({'a': self.email})}")
            found = re.search(r"\b([A-Z0-9]{3,4}-[A-Z0-9]{3,4})\b", other.inner_text("main"))
            if found:
                other.close()
                return found.group(1)
            other.wait_for_timeout(250)
        raise AssertionError("the mail with the code did not come")

    def begins(self):
        """The draft and its list of pages."""
        page = self.page
        page.goto(f"/mon-espace/demarches/{PROCEDURE}/commencer/")
        self.look("start")
        press(page, page.locator("main form[method=post] button[type=submit]").first)
        self.dossier = re.search(r"/dossiers/([0-9a-f-]{36})/", page.url).group(1)
        page.goto(self.address("depot/"))
        self.look("tasks")

    def address(self, path):
        return f"/mon-espace/dossiers/{self.dossier}/{path}"

    def question_pages(self):
        """The addresses of the pages with questions, in order."""
        self.page.goto(self.address("depot/"))
        links = self.page.locator(f"main a[href*='{self.dossier}/depot/']")
        found = dict.fromkeys(links.evaluate_all("all => all.map((link) => link.pathname)"))
        return [a for a in found if (m := PAGE.search(a)) and m.group(1) not in NOT_QUESTIONS]

    def fills_the_dossier(self):
        """Answer every page; a choice may bring new questions to the same page."""
        for address in self.question_pages():
            self.page.goto(address)
            self.fills(address)

    def fills(self, address):
        name = f"step-{PAGE.search(address).group(1)}"
        for again in range(4):
            self.look(f"{name}-{again}" if again else name)
            form = self.page.locator("main form:has([name=seen])")
            fill(self.page, form, self.known)
            self._choose_commune(form)
            press(self.page, self.page.locator("main button[name=continue]:not([aria-hidden])"))
            if not self.page.url.endswith(address):
                return
        raise AssertionError(f"{address} comes again: {self.page.inner_text('main')[:300]}")

    def _choose_commune(self, form):
        for control in controls(form):
            if control["kind"] == "radio" and control["name"].endswith("_choice"):
                label = self.page.locator(f"label[for='{control['id']}']")
                if label.inner_text().strip().startswith(self.known["commune"]):
                    choose(self.page, control)
                    return

    def gives_the_documents(self):
        """One file for each box, in the four formats in turn."""
        address = self.address("depot/pieces/")
        self.page.goto(address)
        self.look("evidence-empty")
        for place, action in enumerate(self._boxes()):
            self.sends(address, action, EXTENSIONS[place % len(EXTENSIONS)])
        self.page.goto(address)
        self.look("evidence-full")

    def _boxes(self):
        forms = self.page.locator("main form[enctype='multipart/form-data']")
        return forms.evaluate_all("all => all.map((form) => form.getAttribute('action'))")

    def sends(self, address, action, extension):
        """Choose a file in the box of this address and send it."""
        self.page.goto(address)
        form = self.page.locator(f"main form[action='{action}']")
        title = form.locator("xpath=ancestor::section").get_attribute("aria-label")
        name, data, media_type = paper(title, LINES, extension)
        upload = {"name": name, "mimeType": media_type, "buffer": data}
        button = form.locator("button[type=submit]").first
        if button.is_visible():
            form.locator("input[type=file]").set_input_files(upload)
            press(self.page, button)
        else:  # with scripts, choosing a file sends it
            with self.page.expect_navigation(timeout=60_000):
                form.locator("input[type=file]").first.set_input_files(upload)
        assert not self.page.locator("[data-error-summary]").count(), self.page.inner_text("main")

    def files(self):
        """Read the answers again, swear, file."""
        page = self.page
        page.goto(self.address("depot/verifier/"))
        self.look("check")
        press(page, page.locator("main a[href$='/deposer/']").first)
        self.look("declare")
        form = page.locator("main form[method=post]")
        tick_all(page, form)
        press(page, form.locator("button[type=submit]"))
        self.look("filed")
        digits = re.sub(r"(?<=\d)[\s\u202f\u00a0](?=\d)", "", page.inner_text("main"))
        self.number = re.search(r"\b(\d{19})\b", digits).group(1)

    def waits_for(self, selector, address=None):
        """Open the timeline again until it shows something; returns the locator."""
        for _ in range(240):
            self.page.goto(address or self.timeline)
            found = self.page.locator(selector)
            if found.count():
                return found
            self.page.wait_for_timeout(250)
        raise AssertionError(f"{selector} did not come: {self.page.inner_text('main')[:400]}")

    def fetches_a_letter(self):
        """The newest letter's PDF, read as a document; returns its bytes."""
        known = "".join(f":not([href='{address}'])" for address in self.letters)
        link = self.waits_for(f"main a[href*='/courriers/']{known}").first
        self.letters.append(link.get_attribute("href"))
        answer = self.page.request.get(self.letters[-1])
        assert answer.ok
        assert len(pypdfium2.PdfDocument(answer.body()))
        return answer.body()

    def answers_the_request(self):
        """Give what the prefecture asked for."""
        page = self.page
        page.goto(self.timeline)
        self.look("timeline-asked")
        address = page.locator("main a[href$='/complement/']").first.get_attribute("href")
        page.goto(address)
        self.look("completion")
        links = page.locator("main .po-tasks a")
        items = links.evaluate_all("all => all.map((link) => link.pathname)")
        for item in items:
            self._answers(item)
        page.goto(address)
        self.look("completion-ready")
        press(page, page.locator("main button[name=send]"))

    def _answers(self, item):
        """One asked item on its own page: a new file, or the answer."""
        page = self.page
        page.goto(item)
        boxes = self._boxes()
        if boxes:
            self.look("completion-evidence")
            assert page.locator(".po-file--problem").count() == 1
            self.sends(item, boxes[0], "pdf")
            return
        self.look("completion-field")
        fill(page, page.locator("main form:has([name=seen])"), self.known)
        press(page, page.locator("main button[name=save]:not([aria-hidden])"))

    def reads_the_appointment(self, letter):
        """The page of the visit; returns the words of the notice's QR code."""
        self.page.goto(self.address("rendez-vous/"))
        self.look("appointment")
        picture = pypdfium2.PdfDocument(io.BytesIO(letter))[0].render(scale=3).to_pil()
        codes = zxingcpp.read_barcodes(picture)
        assert codes, "the notice's QR code cannot be read"
        return codes[0].text
