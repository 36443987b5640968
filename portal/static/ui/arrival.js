// Files are sent as soon as they are chosen, in pieces, and go on where they stopped after a cut.
// Without this script, or without its library, the same forms send the whole file at once.
const PIECE = 256 * 1024;
const DELAYS = [0, 1000, 3000, 5000, 10000, 20000];
const DAY = 24 * 3600 * 1000;
const KEPT = "portal-upload:";
const ARRIVED = "portal-arrived";
const words = document.querySelector("[data-arrival-words]")?.dataset;
const inPercent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
const waiting = [];
let current = null;

// What is remembered of an upload on this device: a digest and its address, never a name.
const memory = {
  findAllUploads: async () => [],
  findUploadsByFingerprint: async (mark) => {
    const found = mark && read(KEPT + mark);
    return found ? [{ uploadUrl: found.url, urlStorageKey: KEPT + mark, metadata: {} }] : [];
  },
  removeUpload: async (key) => localStorage.removeItem(key),
  addUpload: async (mark, upload) => {
    if (!mark) return null;
    localStorage.setItem(KEPT + mark, JSON.stringify({ url: upload.uploadUrl, at: Date.now() }));
    return KEPT + mark;
  },
};

function read(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key));
    if (found && Date.now() - found.at < DAY) return found;
  } catch {
    // what cannot be read is of no use
  }
  localStorage.removeItem(key);
  return null;
}

async function markOf(file, options) {
  if (!globalThis.crypto?.subtle) return null;
  const facts = [file.name, file.type, file.size, file.lastModified, options.endpoint].join("\n");
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(facts));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function prepare(form) {
  const input = form.querySelector("input[type=file]");
  if (!input) return;
  const list = document.createElement("ul");
  list.className = "po-arrivals";
  input.closest(".po-upload").after(list);
  input.multiple = true;
  form.classList.add("po-form--arrival");
  form.addEventListener("submit", stop, true);
  const take = (chosen) => {
    for (const file of chosen.files) add(form, list, file);
    chosen.value = "";
    input.closest(".po-upload").classList.remove("po-upload--chosen");
    next();
  };
  input.addEventListener("change", () => take(input));
  if (matchMedia("(pointer: coarse)").matches) list.before(camera(take));
}

function stop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

// A telephone opens its camera at once; its gallery is behind the other button.
function camera(take) {
  const label = document.createElement("label");
  label.className = "po-button po-button--secondary po-camera";
  label.textContent = words.camera;
  const input = document.createElement("input");
  Object.assign(input, { type: "file", accept: "image/*", className: "fr-sr-only" });
  input.setAttribute("capture", "environment");
  input.addEventListener("change", () => take(input));
  label.append(input);
  return label;
}

function add(form, list, file) {
  const row = document.createElement("li");
  row.className = "po-arrival";
  const name = element("p", "po-arrival__name");
  const isolated = element("bdi");
  isolated.textContent = file.name;
  name.append(isolated);
  const bar = element("progress");
  Object.assign(bar, { max: 100, value: 0 });
  bar.setAttribute("aria-label", file.name);
  const percent = element("p", "po-arrival__percent");
  const state = element("p", "po-arrival__state");
  state.setAttribute("role", "status");
  const job = { form, file, row, bar, percent, state, upload: null, ended: false };
  job.again = button(words.again, file, () => retry(job));
  job.cancel = button(words.cancel, file, () => cancel(job));
  job.again.hidden = true;
  row.append(name, bar, percent, state, job.again, job.cancel);
  list.append(row);
  say(job, words.waiting);
  waiting.push(job);
}

function element(tag, className = "") {
  const made = document.createElement(tag);
  made.className = className;
  return made;
}

function button(text, file, act) {
  const made = element("button", "po-link-button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", `${text} : ${file.name}`);
  made.addEventListener("click", act);
  return made;
}

function say(job, text, refused = false) {
  job.state.textContent = text;
  job.state.classList.toggle("po-arrival__state--refused", refused);
}

// One file at a time: on a slow network, two would both be late.
function next() {
  if (current) return;
  current = waiting.shift() || null;
  if (current) start(current);
  else leave();
}

async function start(job) {
  say(job, words.sending);
  const dated = datedOn(job.form);
  job.upload ??= new tus.Upload(job.file, {
    endpoint: new URL(job.form.dataset.arrival, location.href).href,
    chunkSize: PIECE,
    retryDelays: DELAYS,
    metadata: { filename: job.file.name, filetype: job.file.type, ...dated },
    headers: { "X-CSRFToken": job.form.querySelector("[name=csrfmiddlewaretoken]").value },
    fingerprint: markOf,
    urlStorage: memory,
    removeFingerprintOnSuccess: true,
    onShouldRetry: (error) => worthAgain(error),
    onProgress: (sent, total) => progress(job, sent, total),
    onSuccess: () => follow(job, Date.now()),
    onError: (error) => failed(job, error),
  });
  if (!job.upload.url) {
    const before = await job.upload.findPreviousUploads();
    if (before.length) job.upload.resumeFromPreviousUpload(before[0]);
  }
  job.upload.start();
}

// The date written on the document, when its box asks for one and the person has typed it.
function datedOn(form) {
  const parts = ["year", "month", "day"];
  const typed = parts.map((part) => form.querySelector(`[name=dated_on_${part}]`)?.value || "");
  return typed.some(Boolean) ? { dated: typed.join("-") } : {};
}

function progress(job, sent, total) {
  job.bar.value = (100 * sent) / total;
  job.percent.textContent = inPercent.format(Math.floor(job.bar.value) / 100);
}

function statusOf(error) {
  return error.originalResponse ? error.originalResponse.getStatus() : 0;
}

// The server has sent us to the way in: the answer comes from another address.
function signedOut(error) {
  const seen = error.originalResponse?.getUnderlyingObject()?.responseURL;
  const asked = error.originalRequest && new URL(error.originalRequest.getURL(), location.href);
  return statusOf(error) === 403 || Boolean(seen && asked && new URL(seen).pathname !== asked.pathname);
}

function worthAgain(error) {
  const status = statusOf(error);
  return navigator.onLine && !signedOut(error) && (status < 400 || status >= 500 || [408, 409, 423].includes(status));
}

function failed(job, error) {
  const said = statusOf(error) >= 400 && statusOf(error) < 500 ? error.originalResponse.getBody() : "";
  if (signedOut(error)) say(job, words.ended, true);
  else if (said) {
    say(job, said, true);
    job.bar.hidden = true;
  } else {
    say(job, words.lost, true);
    job.again.hidden = false;
    job.again.focus();
  }
  job.stopped = true;
  release(job);
}

function retry(job) {
  job.again.hidden = true;
  job.stopped = false;
  waiting.unshift(job);
  next();
}

async function cancel(job) {
  const place = waiting.indexOf(job);
  if (place >= 0) waiting.splice(place, 1);
  job.ended = true;
  if (job.upload) await job.upload.abort(Boolean(job.upload.url)).catch(() => {});
  job.row.remove();
  release(job);
}

// Sent whole; the server now looks inside, and says what it found.
async function follow(job, since, pause = 600) {
  if (job.ended) return;
  job.cancel.hidden = true;
  say(job, Date.now() - since > 60_000 ? words.slow : words.checking);
  let said = null;
  try {
    const answer = await fetch(job.upload.url, { headers: { Accept: "application/json" } });
    if (answer.ok && !answer.redirected) said = await answer.json();
    else if (answer.redirected) return refuse(job, words.ended);
  } catch {
    // asked again below
  }
  if (said?.state === "done") {
    job.next = said.next;
    say(job, words.done);
    job.ended = true;
    release(job);
  } else if (said && said.state !== "assembling") refuse(job, said.sentences.join(" "));
  else setTimeout(() => follow(job, since, Math.min(pause * 1.5, 4000)), pause);
}

function refuse(job, sentence) {
  say(job, sentence, true);
  job.stopped = true;
  release(job);
}

function release(job) {
  if (job.next) arrived.push(job);
  if (current === job) current = null;
  next();
}

const arrived = [];

// Once nothing is on its way and nothing needs to be read, the page shows what it holds now.
function leave() {
  const unread = document.querySelector(".po-arrival__state--refused");
  if (!arrived.length || (unread && unread.closest(".po-arrivals"))) return;
  const last = arrived.at(-1);
  sessionStorage.setItem(ARRIVED, last.form.closest("section")?.id || "contenu");
  if (new URL(last.next, location.href).pathname === location.pathname) location.reload();
  else location.assign(last.next);
}

// After the page was loaded again: say so where the file now is.
function tell() {
  const place = document.getElementById(sessionStorage.getItem(ARRIVED) || "");
  sessionStorage.removeItem(ARRIVED);
  if (!place) return;
  const said = element("p", "po-arrival__state");
  said.setAttribute("role", "status");
  said.tabIndex = -1;
  place.prepend(said);
  said.textContent = words.done;
  said.focus();
}

// A photograph is shown once it was looked at, a moment after it came.
async function appear(place, left = 20) {
  const answer = await fetch(place.dataset.picture).catch(() => null);
  if (!answer?.ok) {
    if (left) setTimeout(() => appear(place, left - 1), 1500);
    return;
  }
  const picture = document.createElement("img");
  picture.alt = place.dataset.alt;
  picture.className = place.dataset.turn;
  picture.src = place.dataset.picture;
  place.replaceChildren(picture);
}

document.querySelectorAll("[data-picture]").forEach((place) => appear(place));
if (words) tell();
if (words && globalThis.tus?.isSupported) {
  document.querySelectorAll("form[data-arrival]").forEach(prepare);
  addEventListener("online", () => {
    for (const row of document.querySelectorAll(".po-arrival button:not([hidden])")) {
      if (row.textContent === words.again) row.click();
    }
  });
  addEventListener("beforeunload", (event) => {
    if (current || waiting.length) event.preventDefault();
  });
}
