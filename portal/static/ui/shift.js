// What the counter keeps on a device, and its end: at sign-out, at the end of the shift, at night.
const DATABASE = "po-counter";
const PREFIX = "po-counter-";

export function told(offset) {
  return Date.now() + Number(offset || 0);
}

// The legal day and the hour are those of Paris, wherever the device thinks it is.
export function dayOf(moment) {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Paris" }).format(moment);
}

export function hourOf(moment) {
  const shape = { timeZone: "Europe/Paris", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat("fr-FR", shape).format(moment);
}

export function remember(day, offset, unsent) {
  localStorage.setItem(PREFIX + "day", day);
  localStorage.setItem(PREFIX + "offset", String(offset));
  localStorage.setItem(PREFIX + "unsent", String(unsent));
}

export function unsent() {
  return Number(localStorage.getItem(PREFIX + "unsent") || 0);
}

export function isOver() {
  const day = localStorage.getItem(PREFIX + "day");
  return Boolean(day) && day !== dayOf(told(localStorage.getItem(PREFIX + "offset")));
}

// Everything goes: the sheet, its key, the entries, the page kept for the time without a server.
export async function erase() {
  for (const name of ["day", "offset", "unsent"]) localStorage.removeItem(PREFIX + name);
  await new Promise((done) => {
    const asked = indexedDB.deleteDatabase(DATABASE);
    asked.onsuccess = asked.onerror = asked.onblocked = () => done();
  });
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX)) await caches.delete(name);
  }
  for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
}

const supported = "indexedDB" in window && "caches" in window && "serviceWorker" in navigator;
const leaving = document.querySelector("form[data-sign-out]");
if (supported && leaving) {
  if (isOver()) erase();
  leaving.addEventListener("submit", (event) => {
    if (!localStorage.getItem(PREFIX + "day")) return;
    event.preventDefault();
    if (unsent() && !confirm(leaving.dataset.unsent)) return;
    erase().finally(() => HTMLFormElement.prototype.submit.call(leaving));
  });
}
