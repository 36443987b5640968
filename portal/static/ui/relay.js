// Keeps one page of the counter for the time when the server does not answer. It keeps the empty
// page and its scripts; the sheet of the day is the page's own affair.
const STORE = "po-counter-" + hash(KEPT.files.join());
const PATIENCE = 4000;

addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => skipWaiting()));
});
addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => clients.claim()));
});
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === KEPT.page) {
    event.respondWith(fresh(event.request));
  } else if (KEPT.files.includes(url.pathname)) {
    event.respondWith(kept(event.request));
  }
});

async function keep() {
  const store = await caches.open(STORE);
  await store.addAll(KEPT.files);
  const page = await fetch(KEPT.page, { credentials: "same-origin" });
  if (page.ok && !page.redirected) await store.put(KEPT.page, page);
}

async function forgetOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith("po-counter-") && name !== STORE) await caches.delete(name);
  }
}

// The server first; its silence, or its own trouble, shows the page that was kept.
async function fresh(request) {
  const store = await caches.open(STORE);
  try {
    const answer = await inTime(fetch(request));
    if (answer.status < 500) {
      if (answer.ok && !answer.redirected) await store.put(KEPT.page, answer.clone());
      return answer;
    }
  } catch {
    // no answer: what was kept is shown
  }
  return (await store.match(KEPT.page)) ?? Response.error();
}

async function kept(request) {
  const store = await caches.open(STORE);
  return (await store.match(request, { ignoreSearch: true })) ?? fetch(request);
}

function inTime(answer) {
  const late = new Promise((_, refuse) => setTimeout(() => refuse(new Error("late")), PATIENCE));
  return Promise.race([answer, late]);
}

function hash(text) {
  let found = 0;
  for (const sign of text) found = (Math.imul(found, 31) + sign.charCodeAt(0)) | 0;
  return (found >>> 0).toString(36);
}
