"""What the invented applicant does, page after page; each act returns its line of the story."""

import io
import re
from datetime import date, datetime
from urllib.parse import urlencode

import pypdfium2
import zxingcpp
from icalendar import Calendar

from portal.demo.browser import Browser, StoryError
from portal.demo.papers import paper
from portal.demo.people import PASSWORD
from portal.demo.story import answers, posted

EXTENSIONS = ("pdf", "jpg", "png", "heic")


class Applicant:
    """An invented person with her own browser; unless said otherwise, a student who renews."""

    def __init__(self, base_url, email, folder, *, today: date, procedure="student-renewal"):
        self.browser = Browser(base_url)
        self.base_url, self.email, self.folder = base_url, email, folder
        self.procedure = procedure
        self.number = self.dossier = self.appointment_at = self.code = None
        self.letter, self.fetched = b"", []
        self.known = answers(email, today, procedure)

    def reads_the_guidance_page(self):
        """From the front page to the procedure's page."""
        browser = self.browser.open(f"{self.base_url}/")
        start = rf"/{self.procedure}/commencer/"
        for address in browser.links(r"/fr/demarches/[^/]+/$"):
            if browser.open(address).link(start):
                return f"Amina reads the guidance page « {browser.heading()} »."
        raise StoryError("no guidance page leads to the procedure")

    def makes_an_account(self):
        """Sign up; the code comes by a real mail."""
        browser = self.browser.follow(rf"/{self.procedure}/commencer/")
        browser.follow(r"/compte/creer/")
        form = browser.form(having="email")
        secret = {n: PASSWORD for n in browser.names(form) if n.startswith("password")}
        browser.send(form, {"email": self.email, **secret})
        code = self._code_by_mail()
        browser.send(browser.form(having="code"), {"code": code})
        return f"She makes an account; the code {code} came by mail."

    def _code_by_mail(self):
        other = Browser(self.base_url)
        address = f"{self.base_url}/demo/courrier/?{urlencode({'a': self.email})}"
        pattern = re.compile(r"\b([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\b")

        def look(page):
            for mail in page.page.select("main pre, main .po-mail, main article"):
                if self.email in mail.get_text() and (found := pattern.search(mail.get_text())):
                    return found.group(1)
            return None

        return other.wait_for(address, look, what="the mail with the code")

    def fills_the_dossier(self):
        """Answer every page of the task list; an answer may add a page to it."""
        browser = self.browser.open(
            f"{self.base_url}/mon-espace/demarches/{self.procedure}/commencer/"
        )
        browser.send(browser.form())
        self.dossier = re.search(r"/dossiers/([0-9a-f-]{36})/", browser.url).group(1)
        tasks = f"{self.base_url}/mon-espace/dossiers/{self.dossier}/depot/"
        done = []
        while left := [address for address in self._pages(tasks) if address not in done]:
            browser.open(left[0])
            self._fill_page(left[0])
            done.append(left[0])
        return f"She answers {len(done)} pages, one theme each."

    def _pages(self, tasks):
        return [
            address
            for address in self.browser.open(tasks).links(rf"{self.dossier}/depot/[\w-]+/$")
            if not re.search(r"/(pieces|verifier|deposer|supprimer|registre)/$", address)
        ]

    def _fill_page(self, address):
        """Send the page until it leads elsewhere: a choice may bring new questions."""
        for _ in range(4):
            form = self.browser.form(having="seen")
            typed = {
                name: value
                for name in self.browser.names(form)
                if (value := posted(name, self.known)) is not None
            }
            chosen = self._choice_of_commune(form)
            self.browser.send(form, typed | chosen, button="continue")
            if self.browser.url != address:
                return
        raise StoryError(f"{address} is shown again and again: {self.browser.text()[:300]}")

    def _choice_of_commune(self, form):
        for radio in form.find_all("input", type="radio"):
            label = form.find("label", attrs={"for": radio.get("id")})
            if label and label.get_text().strip().startswith(self.known["commune"]):
                return {radio["name"]: radio["value"]}
        return {}

    def gives_the_documents(self):
        """Send one file for each box, in the four formats in turn."""
        page = f"{self.base_url}/mon-espace/dossiers/{self.dossier}/depot/pieces/"
        boxes = self._boxes(page)
        for place, address in enumerate(boxes):
            self._send_paper(page, address, EXTENSIONS[place % len(EXTENSIONS)])
        return f"She sends {len(boxes)} documents: PDF, JPEG, PNG and HEIC."

    def _boxes(self, page):
        forms = self.browser.open(page).page.select('form[enctype="multipart/form-data"]')
        return [form["action"] for form in forms]

    def _send_paper(self, page, address, extension):
        form = self.browser.open(page).form(re.escape(address) + "$")
        field = form.find("input", type="file")["name"]
        title = form.find_parent("section")["aria-label"]
        lines = ["EXEMPLE", "Amina Démonstration", "née le 12.04.2001", "Ville-Inventée"]
        self.browser.send(form, files={field: paper(title, lines, extension)})

    def files(self):
        """Check the answers, swear, file; press the button twice."""
        root = f"{self.base_url}/mon-espace/dossiers/{self.dossier}/depot"
        browser = self.browser.open(f"{root}/verifier/")
        browser.follow(r"/deposer/$")
        form = browser.form()
        form["action"] = browser.url
        boxes = {c["name"]: c.get("value", "on") for c in form.find_all("input", type="checkbox")}
        browser.send(form, boxes)
        browser.send(form, boxes)
        self.number = self._number()
        return f"She swears and files, twice by mistake: one dossier, number {self.number}."

    def _number(self):
        digits = re.search(
            r"\b(\d{19})\b", re.sub(r"(?<=\d)[\s\u202f\u00a0](?=\d)", "", self.browser.text())
        )
        if not digits:
            raise StoryError(f"no number on {self.browser.url}: {self.browser.text()[:200]}")
        return digits.group(1)

    @property
    def timeline(self):
        """The address of the dossier's page."""
        return f"{self.base_url}/mon-espace/dossiers/{self.dossier}/"

    def fetches(self, kind):
        """Wait for a letter made by the worker and keep its PDF."""

        def look(page):
            links = page.links(r"/courriers/[0-9a-f-]{36}/")
            return next((link for link in links if link not in self.fetched), None)

        address = self.browser.wait_for(self.timeline, look, what=f"the letter ({kind})")
        self.fetched.append(address)
        body, media_type = self.browser.bytes_of(address)
        if not body.startswith(b"%PDF"):
            raise StoryError(f"{address} is not a PDF but {media_type}")
        path = self.folder / f"{self.number}-{len(self.fetched)}-{kind}.pdf"
        path.write_bytes(body)
        self.letter = body
        pages = len(pypdfium2.PdfDocument(body))
        return f"The worker made her letter ({kind}, {pages} page(s)): {path}."

    def answers_the_request(self):
        """Give what the prefecture asked for."""
        page = self.browser.open(self.timeline).link(r"/complement/$")
        if page is None:
            raise StoryError("the request for completion is not on the dossier's page")
        for item in self.browser.open(page).links(r"/complement/[0-9a-f-]{36}/$"):
            boxes = self._boxes(item)
            for address in boxes:
                self._send_paper(item, address, "pdf")
            if not boxes:
                self._answer_item(item)
        self.browser.send(self.browser.open(page).form(), button="send")
        return "She answers the request for completion, item by item."

    def _answer_item(self, item):
        """One answer that is asked again, on its own page."""
        form = self.browser.open(item).form(having="seen")
        typed = {n: v for n in self.browser.names(form) if (v := posted(n, self.known)) is not None}
        self.browser.send(form, typed, button="save")

    def waits_for_the_card(self, *, letter=True):
        """The decision's letter comes, then the maker's card."""
        line = self.fetches("decision") if letter else ""
        self.browser.wait_for(
            self.timeline,
            lambda page: "carte est prête" in page.text(),
            seconds=90,
            what="the card",
        )
        return f"{line} The card was made over HTTP and is ready."

    def receives_an_appointment(self):
        """The notice, its QR code and its calendar file."""
        line = self.fetches("appointment_notice")
        self._reads_the_appointment()
        return f"An appointment was issued to her: {self.appointment_at}. {line}"

    def receives_another_appointment(self):
        """The same after a change."""
        before = self.appointment_at
        line = self.fetches("appointment_notice")
        self._reads_the_appointment()
        if self.appointment_at == before:
            raise StoryError("the second appointment is the first one again")
        return f"Another is issued, at the same rank: {self.appointment_at}. {line}"

    def _reads_the_appointment(self):
        page = self.browser.open(f"{self.timeline}rendez-vous/")
        calendar, _ = page.bytes_of(page.link(r"\.ics$"))
        event = Calendar.from_ical(calendar).walk("VEVENT")[0]
        start: datetime = event["DTSTART"].dt
        self.appointment_at = start.isoformat()
        picture = pypdfium2.PdfDocument(io.BytesIO(self.letter))[0].render(scale=3).to_pil()
        codes = zxingcpp.read_barcodes(picture)
        if not codes:
            raise StoryError("the notice's QR code cannot be read")
        self.code = codes[0].text

    def cannot_come(self):
        """Say once that the day is impossible."""
        browser = self.browser.open(f"{self.timeline}rendez-vous/")
        form = browser.follow(r"/je-ne-peux-pas-venir/$").form()
        reason = form.find("input", type="radio")
        boxes = {c["name"]: c.get("value", "on") for c in form.find_all("input", type="checkbox")}
        browser.send(form, {reason["name"]: reason["value"], **boxes})
        return "She cannot come that day and says so, once."

    def reads_the_timeline(self):
        """The whole story on one page, newest first."""
        page = self.browser.open(self.timeline)
        lines = page.page.select(".po-timeline > li, ol[class*=timeline] > li")
        if len(lines) < 8:
            raise StoryError(f"the timeline has only {len(lines)} lines")
        return f"Her timeline tells it all in {len(lines)} lines, newest first."
