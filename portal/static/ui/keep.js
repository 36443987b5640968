// Every answer of a step is kept while it is typed; what another tab changed is shown beside it.
const form = document.querySelector("form[data-keep-at]");
const PAUSE = 1200;
const DELAYS = [2000, 5000, 10000, 20000, 30000, 60000];
const KEEPALIVE_AT_MOST = 60000;
const UNHEARD_AT_MOST = 3;
const CHECK_AGAIN = 2000;
const words = form?.dataset;
const shown = form?.querySelector("[data-kept]");
const told = form?.querySelector("[data-told]");
const notes = new Map();
let unheard = []; // what was sent since the last answer, oldest first
let round = 0; // an answer to what was sent before the latest is of no use
let tries = 0;
let stopped = false;
let isSending = false;
let lastCheck = 0;
let timer = null;
let waiting = null; // the button pressed while the network is down
let heard = form && typed();

function typed() {
  const page = new URLSearchParams(new FormData(form));
  for (const name of ["csrfmiddlewaretoken", "seen", "unheard"]) page.delete(name);
  return page.toString();
}

function heardOf(page) {
  const kept = new URLSearchParams(page);
  kept.delete("seen");
  return kept.toString();
}

function marks(text) {
  return new Map(text.split(" ").filter((one) => one.includes("=")).map((one) => one.split("=")));
}

function see(found) {
  const pairs = [...found].map(([name, mark]) => `${name}=${mark}`);
  form.elements.seen.value = ["r", ...pairs].join(" ");
}

// Seen at once; read aloud only when something changes for the person, not at every save.
function say(text, aloud) {
  shown.textContent = text;
  if (aloud) told.textContent = text;
}

function later(delay = PAUSE) {
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(send, delay);
}

// One at a time: the same words again until they are answered, then the newest ones.
function send() {
  clearTimeout(timer);
  if (stopped || isSending) return;
  if (!unheard.length) {
    unheard = [`${typed()}&${new URLSearchParams({ seen: form.elements.seen.value })}`];
  }
  post();
}

// Leaving: the newest words go now, whatever became of those before them.
function flush() {
  if (stopped || (typed() === heard && !unheard.length)) return;
  const newest = `${typed()}&${new URLSearchParams({ seen: form.elements.seen.value })}`;
  if (unheard.at(-1) === newest && isSending) return;
  unheard = [...unheard.filter((one) => one !== newest), newest].slice(-UNHEARD_AT_MOST);
  post();
}

async function post(isRetry = false) {
  const mine = ++round;
  const sent = unheard.at(-1);
  const body = new URLSearchParams(sent);
  for (const before of unheard.slice(0, -1)) body.append("unheard", before);
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  isSending = true;
  if (!tries && typed() !== heard) say(words.saving);
  let answer = null;
  try {
    answer = await fetch(words.keepAt, {
      method: "POST",
      body,
      redirect: "manual",
      credentials: "same-origin",
      keepalive: body.toString().length < KEEPALIVE_AT_MOST,
    });
  } catch {
    // no network: as if the server had not answered
  }
  if (mine !== round) return;
  isSending = false;
  if (!answer || answer.status >= 500 || answer.status === 429) fail();
  else if (answer.type === "opaqueredirect") end();
  else if (answer.status === 403 && !isRetry) await renew();
  else if (!answer.ok) refuse();
  else {
    const data = await answer.json().catch(() => null);
    if (data) hear(data, sent);
    else fail();
  }
}

function fail() {
  if (!tries) say(words.trouble, true);
  later(DELAYS[Math.min(tries++, DELAYS.length - 1)]);
}

function refuse() {
  stopped = true;
  say(words.refused, true);
}

// A new sign-in in another tab has changed the proof that the page is ours: ask for a fresh one.
async function renew() {
  let answer = null;
  try {
    answer = await fetch(words.keepAt, { redirect: "manual", cache: "no-store" });
  } catch {
    return fail();
  }
  if (answer.type === "opaqueredirect") return end();
  if (!answer.ok) return refuse();
  form.elements.csrfmiddlewaretoken.value = (await answer.json()).csrf;
  return post(true);
}

// Signed out: the page's own button sends what is typed to be kept until they are back.
function end() {
  stopped = true;
  say(words.ended, true);
  const button = document.createElement("button");
  button.type = "submit";
  button.name = "later";
  button.value = "1";
  button.className = "po-button po-button--secondary";
  button.textContent = words.signIn;
  shown.append(" ", button);
}

function close({ closed, href }) {
  stopped = true;
  const link = document.createElement("a");
  link.href = href;
  link.textContent = words.signIn;
  say(closed, true);
  shown.append(" ", link);
}

function hear(answer, sent) {
  if (answer.closed) return close(answer);
  const page = new URLSearchParams(sent);
  const isNews = heardOf(page) !== heard || unheard.length > 1 || tries;
  if (isNews) say(answer.said, !told.textContent);
  if (tries) told.textContent = words.back;
  tries = 0;
  const before = marks(page.get("seen"));
  const now = marks(form.elements.seen.value);
  const others = answer.others.filter((one) => now.get(one.name) === before.get(one.name));
  for (const [name, mark] of marks(answer.marks)) {
    if (now.get(name) === before.get(name)) now.set(name, mark);
  }
  see(now);
  unheard = [];
  heard = heardOf(page);
  compare(others);
  if (waiting) {
    const button = waiting;
    waiting = null;
    form.requestSubmit(button);
  } else if (typed() !== heard) {
    later();
  }
}

function compare(others) {
  const names = new Set(others.map((one) => one.name));
  for (const [name, note] of notes) {
    if (!names.has(name) || !note.isConnected) drop(name);
  }
  const news = others.filter((one) => notes.get(one.name)?.dataset.mark !== one.mark);
  for (const one of news) show(one);
  if (news.length) told.textContent = words.others;
}

function controls(name) {
  const keys = ["", "_day", "-count"].map((end) => form.elements[name + end]);
  const found = keys.find(Boolean);
  return found instanceof RadioNodeList ? found[0] : found;
}

function show(other) {
  drop(other.name);
  const place = controls(other.name)?.closest(".po-field");
  if (!place) return;
  const note = document.createElement("div");
  note.className = "po-callout po-callout--warning po-other";
  note.dataset.mark = other.mark;
  const body = document.createElement("div");
  body.className = "po-callout__body";
  const line = document.createElement("p");
  const said = document.createElement("strong");
  said.dir = "auto";
  said.textContent = other.words;
  line.append(words.other, " ", said);
  body.append(line, choice(words.take, () => take(other)), " ", choice(words.mine, () => keep(other)));
  note.append(body);
  place.append(note);
  notes.set(other.name, note);
}

function choice(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "po-button po-button--secondary";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

function drop(name) {
  notes.get(name)?.remove();
  notes.delete(name);
}

function decide(other) {
  see(marks(form.elements.seen.value).set(other.name, other.mark));
  drop(other.name);
  const control = controls(other.name);
  if (control?.type !== "hidden") control?.focus();
  later(0);
}

function keep(other) {
  decide(other);
}

// The entries of a list are drawn by the server: its page is read again once all else is chosen.
function take(other) {
  if (!other.posted) {
    if (notes.size > 1) {
      [...notes.values()].find((note) => note !== notes.get(other.name)).querySelector("button").focus();
    } else {
      location.reload();
    }
    return;
  }
  for (const [name, value] of Object.entries(other.posted)) fill(name, value);
  decide(other);
}

function fill(name, value) {
  const found = form.querySelectorAll(`[name="${CSS.escape(name)}"]`);
  for (const one of found) {
    if (one.type === "radio" || one.type === "checkbox") one.checked = one.value === value;
    else one.value = value;
  }
  const hasIt = [...found].some((one) => one.type !== "radio" || one.value === value);
  if (hasIt || !value) return;
  const hidden = document.createElement("input");
  hidden.type = "hidden";
  hidden.name = name;
  hidden.value = value;
  form.append(hidden);
}

function check() {
  if (Date.now() - lastCheck < CHECK_AGAIN) return;
  lastCheck = Date.now();
  if (!unheard.length || tries) send();
}

// A page that is left while the network is down would take what was typed with it.
function submit(event) {
  if (tries && !stopped) {
    event.preventDefault();
    waiting = event.submitter;
    say(words.held, true);
    send();
    return;
  }
  for (const before of unheard) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = "unheard";
    input.value = before;
    form.append(input);
  }
  stopped = true;
  clearTimeout(timer);
}

function begin() {
  form.addEventListener("input", () => later());
  form.addEventListener("change", () => later(300));
  form.addEventListener("submit", submit);
  addEventListener("online", () => tries && send());
  addEventListener("focus", check);
  addEventListener("pagehide", flush);
  addEventListener("pageshow", (event) => {
    if (event.persisted) stopped = false;
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? flush() : check()));
}
if (form && form.elements.seen) begin();
