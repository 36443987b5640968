// The numbers are asked again without blinking; without this script the page reloads itself.
const EVERY = 5000;
const shown = document.querySelector("[data-screen]");
const late = document.querySelector("[data-late]");

async function ask() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", redirect: "error" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-screen]");
    if (!fresh) throw new Error("another page");
    if (fresh.innerHTML !== shown.innerHTML) shown.replaceChildren(...fresh.childNodes);
    late.hidden = true;
  } catch {
    late.hidden = false;
  }
  setTimeout(ask, EVERY);
}
if (shown) setTimeout(ask, EVERY);
