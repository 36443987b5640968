"""What is asked of every page of the journey, at a phone's width and at a desk's."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

WIDTHS = {360: 780, 1280: 900}
# A folder to photograph every page in; without one only faulty pages are photographed.
WANTED = os.environ.get("PORTAL_SCREENSHOTS", "")

LISTEN = """
window.refusedByPolicy = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refusedByPolicy.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
});
"""

DESCRIBE = """() => ({
  headings: document.querySelectorAll("h1").length,
  title: document.title.trim(),
  lang: document.documentElement.lang,
  dir: document.documentElement.dir,
  refused: window.refusedByPolicy || [],
})"""

# What sticks out, the deepest elements only, for the message.
OVERFLOW = """() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= innerWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width && (box.right > innerWidth + 1 || box.left < -1);
  });
  return [`${root.scrollWidth} > ${innerWidth}`].concat(wide
    .filter((element) => !wide.some((other) => other !== element && element.contains(other)))
    .slice(0, 4).map((element) => `${element.tagName}.${element.className}`));
}"""


@dataclass
class Album:
    """Looks at pages and keeps what is wrong with each: kind of fault → sentences."""

    folder: Path
    origin: str
    faults: dict[str, list[str]] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def fault(self, kind, sentence):
        """Keep one fault, once."""
        known = self.faults.setdefault(kind, [])
        if sentence not in known:
            known.append(sentence)

    def open_page(self, browser, **options):
        """One person's browser, watched: its console, its requests, what the policy refused."""
        defaults = {"base_url": self.origin, "locale": "fr-FR", "timezone_id": "Europe/Paris"}
        context = browser.new_context(
            viewport={"width": 1280, "height": WIDTHS[1280]}, **defaults | options
        )
        context.set_default_timeout(30_000)
        context.add_init_script(LISTEN)
        context.on("request", self._watch_request)
        context.on("response", self._watch_response)
        context.on("console", self._watch_console)
        context.on("weberror", lambda error: self.fault("console", f"script error: {error.error}"))
        return context.new_page()

    def look(self, page, name, *, language="fr", widths=(360, 1280)):
        """Examine the page in view and photograph it where asked."""
        self.seen.append(name)
        page.wait_for_load_state("load")
        self._describe(page, name, language)
        for width in widths:
            page.set_viewport_size({"width": width, "height": WIDTHS[width]})
            good = self._fits(page, name, width) & self._accessible(page, name, width)
            if WANTED or not good:
                self._photograph(page, f"{name}-{width}")
        page.set_viewport_size({"width": 1280, "height": WIDTHS[1280]})

    def _describe(self, page, name, language):
        said = page.evaluate(DESCRIBE)
        if said["headings"] != 1:
            self.fault("structure", f"{name}: {said['headings']} h1")
        if not said["title"].strip(" –"):
            self.fault("structure", f"{name}: no title")
        direction = "rtl" if language == "ar" else "ltr"
        if (said["lang"], said["dir"]) != (language, direction):
            self.fault("structure", f"{name}: lang={said['lang']} dir={said['dir']}")
        for refusal in said["refused"]:
            self.fault("console", f"{name}: refused by the security policy: {refusal}")

    def _fits(self, page, name, width):
        wide = page.evaluate(OVERFLOW)
        if wide:
            self.fault("overflow", f"{name} at {width}: {', '.join(wide)}")
        return not wide

    def _accessible(self, page, name, width):
        violations = Axe().run(page).response["violations"]
        for violation in violations:
            where = "; ".join(node["html"][:140] for node in violation["nodes"][:2])
            why = violation["nodes"][0].get("failureSummary", "").replace("\n", " ")[:200]
            self.fault("axe", f"{name} at {width}: {violation['id']}: {where} ({why})")
        return not violations

    def _photograph(self, page, name):
        self.folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=self.folder / f"{name}.png", full_page=True, animations="disabled")

    def _watch_request(self, request):
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:", "about:")):
            self.fault("network", f"request to {request.url}")

    def _watch_response(self, response):
        if response.status >= 400:
            self.fault("network", f"{response.status} {response.url}")

    def _watch_console(self, message):
        if message.type in {"error", "warning"}:
            self.fault("console", f"{message.page.url if message.page else ''}: {message.text}")
