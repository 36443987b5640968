// An hour without the server: digests of codes, initials, hours, counters; entries that wait.
import { erase, hourOf, isOver, remember, told } from "./shift.js";

const root = document.querySelector("[data-offline]");
const possible = root && "indexedDB" in window && "serviceWorker" in navigator && crypto.subtle;
const MARGIN = 2 * 3600;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const part = (name) => root.querySelector(`[data-${name}]`);
let sheet = null;
let found = null;
let sending = false;

function say(name, facts = {}) {
  return root.dataset[name].replace(/\{(\w+)\}/g, (_, key) => String(facts[key] ?? ""));
}

// What is kept, in the browser's own database: the key cannot be taken out of it by a script.
function open() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("po-counter", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      asked.result.createObjectStore("entries", { keyPath: "key" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function within(store, act, mode = "readonly") {
  const database = await open();
  try {
    return await new Promise((done, failed) => {
      const deal = database.transaction(store, mode);
      const asked = act(deal.objectStore(store));
      deal.oncomplete = () => done(asked?.result);
      deal.onerror = deal.onabort = () => failed(deal.error);
    });
  } finally {
    database.close();
  }
}
const entries = () => within("entries", (store) => store.getAll());
const keep = (entry) => within("entries", (store) => store.put(entry), "readwrite");

async function load() {
  const answer = await ask(`${root.dataset.sheet}?site=${root.dataset.site}`);
  if (!answer) return;
  const { key, ...rest } = answer;
  if (!key) return;
  const raw = Uint8Array.from(key.match(/../g), (two) => parseInt(two, 16));
  const secret = await crypto.subtle.importKey(
    "raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"],
  );
  sheet = { ...rest, secret, offset: rest.now * 1000 - Date.now(), at: rest.now * 1000 };
  await within("kept", (store) => store.put(sheet, "sheet"), "readwrite");
  await navigator.serviceWorker.register(root.dataset.relay, { scope: location.pathname });
  await show();
}

async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { cache: "no-store", credentials: "same-origin", ...options });
  } catch {
    tell("unreachable");
    return null;
  }
  if (answer.status >= 500) return tell("unreachable");
  const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (answer.redirected || !answer.ok || !isOurs) return tell("signin");
  tell("reachable");
  return answer.json();
}

function tell(name) {
  part("state").dataset.word = name;
  write();
  return null;
}

function write(waiting = Number(part("state").dataset.waiting || 0)) {
  part("state").dataset.waiting = waiting;
  const word = part("state").dataset.word;
  const count = sheet?.people.length;
  const lines = [
    sheet ? say("loaded", { day: sheet.day, time: hourOf(sheet.at), count }) : say("none"),
    word ? say(word) : "",
    waiting ? say("unsent", { count: waiting }) : "",
  ];
  part("state").textContent = lines.filter(Boolean).join(" ");
}

async function show() {
  const noted = (await entries()).sort((one, other) => one.claimed - other.claimed);
  const waiting = noted.filter((entry) => !entry.answer).length;
  if (sheet) remember(sheet.day, sheet.offset, waiting);
  write(waiting);
  part("find").hidden = !sheet;
  part("entries").replaceChildren(
    ...noted.map((entry) => {
      const line = document.createElement("li");
      const said = entry.answer?.sentence ?? say("pending");
      line.textContent = `${hourOf(entry.claimed * 1000)} · ${entry.initials} · ${said}`;
      return line;
    }),
  );
  const select = part("note").elements.counter;
  if (sheet && !select.options.length) {
    select.append(...sheet.counters.map(([id, name]) => new Option(name, id)));
  }
}

async function digest(text) {
  const signed = await crypto.subtle.sign("HMAC", sheet.secret, new TextEncoder().encode(text));
  const bytes = [...new Uint8Array(signed)].slice(0, 16);
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The random number inside a QR, as the sheet's digests were made from it.
function scanOf(text) {
  let bits = "";
  for (const sign of text.slice(5)) {
    const value = ALPHABET.indexOf(sign);
    if (value < 0) return "";
    bits += value.toString(2).padStart(5, "0");
  }
  const bytes = bits.match(/.{8}/g) ?? [];
  return bytes.slice(2, 18).map((byte) => parseInt(byte, 2).toString(16).padStart(2, "0")).join("");
}

async function check(typed) {
  const text = typed.toUpperCase().replace(/[\s-]/g, "");
  const isQr = text.startsWith("RDV1:");
  const shown = isQr ? scanOf(text) : text;
  found = null;
  part("note").hidden = true;
  if (!sheet || (isQr ? shown.length !== 32 : shown.length !== 8)) return result("misread");
  const mark = await digest(isQr ? shown.toLowerCase() : shown);
  const person = sheet.people.find((one) => (isQr ? one.scan : one.code) === mark);
  if (!person) return result("absent");
  const here = (await entries()).find((entry) => entry.mark === person.code);
  const now = told(sheet.offset) / 1000;
  const time = hourOf(person.starts * 1000);
  if (here) return result("entered", { time: hourOf(here.claimed * 1000) });
  if (person.entered) return result("entered", { time: person.entered });
  if (now < person.starts - MARGIN) return result("early", { time });
  if (now > person.ends + MARGIN) return result("late", { time });
  found = person;
  part("note").hidden = false;
  const options = [...part("note").elements.counter.options];
  const own = options.find((option) => option.text === person.counter);
  if (own) own.selected = true;
  part("note").elements.compared.checked = false;
  part("note").elements.compared.focus();
  return result("expected", { initials: person.initials, time, counter: person.counter });
}

function result(name, facts) {
  part("result").dataset.word = name;
  part("result").textContent = name ? say(name, facts) : "";
}

async function note(event) {
  event.preventDefault();
  const form = part("note");
  if (!found || !form.reportValidity()) return;
  await keep({
    key: crypto.randomUUID(),
    mark: found.code,
    initials: found.initials,
    claimed: Math.floor(told(sheet.offset) / 1000),
    counter: form.elements.counter.value,
    by: sheet.by,
    site: sheet.site,
  });
  found = null;
  form.hidden = true;
  result("");
  part("find").elements.code.value = "";
  part("find").elements.code.focus();
  await show();
  await send();
}

// One after the other; an entry without an answer stays and is sent again under the same key.
async function send() {
  const waiting = (await entries()).filter((entry) => !entry.answer);
  if (sending || !waiting.length) return;
  sending = true;
  try {
    // a fresh token: the session may have changed since the morning
    const fresh = await ask(`${root.dataset.sheet}?site=${root.dataset.site}`);
    for (const entry of fresh ? waiting : []) {
      const body = new FormData();
      for (const name of ["key", "mark", "claimed", "counter", "by", "site"]) {
        body.append(name, entry[name]);
      }
      body.append("csrfmiddlewaretoken", fresh.csrf);
      const answer = await ask(root.dataset.enter, { method: "POST", body });
      if (!answer) return;
      await keep({ ...entry, answer });
    }
  } finally {
    sending = false;
    await show();
  }
}

async function end(lost) {
  await erase();
  sheet = null;
  part("find").hidden = part("note").hidden = true;
  part("entries").replaceChildren();
  part("state").textContent = lost ? say("lost", { count: lost }) : say("erased");
}

async function watch() {
  if (isOver()) {
    const lost = (await entries()).filter((entry) => !entry.answer).length;
    if (sheet || lost) await end(lost);
  } else if (sheet) {
    await send();
  }
  setTimeout(watch, 30000);
}

async function begin() {
  root.hidden = false;
  part("find").addEventListener("submit", (event) => {
    event.preventDefault();
    check(part("find").elements.code.value);
  });
  part("find").elements.code.addEventListener("po-code", (event) => {
    event.preventDefault();
    check(event.detail);
  });
  part("note").addEventListener("submit", note);
  part("load").addEventListener("click", load);
  part("erase").addEventListener("click", async () => {
    const waiting = (await entries()).some((entry) => !entry.answer);
    if (!waiting || confirm(root.dataset.confirm)) await end(0);
  });
  addEventListener("online", send);
  sheet = (await within("kept", (store) => store.get("sheet"))) ?? null;
  await show();
  if (sheet) part("find").elements.code.focus();
  watch();
}
if (possible) begin();
