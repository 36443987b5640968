// Reads the QR of a notice by camera. Pictures never leave the page: only the text of the code
// is put in the form, as a reader at the counter would type it.
const box = document.querySelector("[data-camera]");
const WIDEST = 1280;

if (box && navigator.mediaDevices?.getUserMedia) {
  const video = box.querySelector("video");
  const output = box.querySelector("output");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "po-button po-button--primary";
  button.textContent = box.dataset.start;
  box.append(button);
  const canvas = document.createElement("canvas");
  const pencil = canvas.getContext("2d", { willReadFrequently: true });
  let stream = null;
  let read = null;

  button.addEventListener("click", () => (stream ? stop() : start()));
  document.addEventListener("visibilitychange", () => document.hidden && stop());
  addEventListener("pagehide", stop);

  async function start() {
    try {
      read = read || (await reader());
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } },
      });
    } catch {
      output.textContent = box.dataset.refused;
      return;
    }
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    button.textContent = box.dataset.stop;
    output.textContent = box.dataset.seeking;
    look();
  }

  function stop() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    video.srcObject = null;
    video.hidden = true;
    button.textContent = box.dataset.start;
    output.textContent = "";
  }

  async function look() {
    if (!stream) return;
    const text = video.readyState >= 2 ? await read(frame()) : "";
    if (text && stream) {
      stop();
      output.textContent = box.dataset.found;
      send(text);
      return;
    }
    setTimeout(look, 120);
  }

  function frame() {
    const scale = Math.min(1, WIDEST / video.videoWidth);
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    pencil.drawImage(video, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  // Another script of the page may take the code: without the server, nothing is sent.
  function send(text) {
    const field = document.querySelector("form [name=code]");
    field.value = text;
    const taken = new CustomEvent("po-code", { detail: text, cancelable: true, bubbles: true });
    if (field.dispatchEvent(taken)) field.form.requestSubmit();
  }

  // The browser's own reader where there is one, ours elsewhere.
  async function reader() {
    if ("BarcodeDetector" in window) {
      const known = await BarcodeDetector.getSupportedFormats();
      if (known.includes("qr_code")) {
        const detector = new BarcodeDetector({ formats: ["qr_code"] });
        return async (picture) => (await detector.detect(picture))[0]?.rawValue ?? "";
      }
    }
    const { decodeQR } = await import(new URL("qr/decode.js", import.meta.url));
    return async (picture) => {
      try {
        return decodeQR(pencil.getImageData(0, 0, picture.width, picture.height));
      } catch {
        return "";
      }
    };
  }
}
