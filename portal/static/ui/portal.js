// Small comforts. Every page works without them.
document.documentElement.classList.add("po-scripted");

const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();

// A second press on a slow network must not send twice; coming back must free the form.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button[type=submit]")) {
    button.setAttribute("aria-disabled", "true");
  }
  dirty.delete(form);
  setTimeout(() => release(form), 15000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("button[aria-disabled]")) {
    button.removeAttribute("aria-disabled");
  }
}

// The name of the chosen file is drawn by the browser; we only let it be seen.
function showChosen(input) {
  const zone = input.closest(".po-upload");
  if (zone) zone.classList.toggle("po-upload--chosen", input.files.length > 0);
}
for (const input of document.querySelectorAll(".po-upload input[type=file]")) {
  showChosen(input);
  input.addEventListener("change", () => showChosen(input));
}

// A password may be shown: one field is enough, and a mistake is seen.
for (const box of document.querySelectorAll(".po-password")) {
  const input = box.querySelector("input");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "po-button po-button--secondary";
  button.textContent = box.dataset.show;
  button.setAttribute("aria-controls", input.id);
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    button.textContent = hidden ? box.dataset.hide : box.dataset.show;
  });
  box.append(button);
}

// Forms marked data-keep ask before a page with unsaved text is left.
const dirty = new Set();
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && "keep" in form.dataset) dirty.add(form);
});
addEventListener("beforeunload", (event) => {
  if (dirty.size) event.preventDefault();
});

// Forms marked data-progress say how far the upload is, then follow the server's answer.
for (const form of document.querySelectorAll("form[data-progress]")) {
  form.addEventListener("submit", (event) => {
    const output = form.querySelector("output");
    const file = form.querySelector("input[type=file]");
    if (!output || !file || !file.files.length || form.dataset.sent) return;
    event.preventDefault();
    form.dataset.sent = "yes";
    send(form, output, event.submitter);
  });
}

function send(form, output, submitter) {
  const request = new XMLHttpRequest();
  const giveUp = () => {
    output.textContent = "";
    delete form.dataset.sent;
    HTMLFormElement.prototype.submit.call(form);
  };
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    output.textContent = `${Math.round((100 * event.loaded) / event.total)} %`;
  });
  request.addEventListener("load", () => {
    dirty.delete(form);
    if (request.status < 400 && request.responseURL && request.responseURL !== form.action) {
      location.assign(request.responseURL);
      return;
    }
    document.open();
    document.write(request.responseText);
    document.close();
  });
  request.addEventListener("error", giveUp);
  request.open("POST", form.action);
  request.send(submitter ? new FormData(form, submitter) : new FormData(form));
}
