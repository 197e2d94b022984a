// The square part of a photo, chosen on the photo itself. The library comes when there is one to cut; where it or the
// photo cannot be shown, the part is chosen by name as without scripts.

(() => {
  "use strict";

  const root = document.querySelector("[data-cropper]");
  if (!root) return;

  const STEP = 10;
  const ZOOM = 0.1;
  const DIGITS = 6;
  const REST = 100; // ms without a change of size
  const LOOK = {
    aspectRatio: 1,
    autoCropArea: 1,
    background: false,
    center: false,
    checkCrossOrigin: false,
    checkOrientation: false, // browsers turn photos upright themselves
    cropBoxMovable: false,
    cropBoxResizable: false,
    dragMode: "move",
    guides: false,
    highlight: false,
    responsive: false, // it would change the part; see refit
    toggleDragModeOnDblclick: false,
    viewMode: 1,
  };
  const ACTS = {
    left: (cropper) => cropper.move(-STEP, 0),
    right: (cropper) => cropper.move(STEP, 0),
    up: (cropper) => cropper.move(0, -STEP),
    down: (cropper) => cropper.move(0, STEP),
    in: (cropper) => cropper.zoom(ZOOM),
    out: (cropper) => cropper.zoom(-ZOOM),
  };
  const KEYS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", "+": "in", "=": "in", "-": "out", "−": "out" };

  const { nonce } = document.currentScript;
  const input = document.getElementById(root.dataset.cropper);
  const part = (name) => root.querySelector(`[data-cropper-${name}]`);
  const [plain, kept, scene, stage] = ["plain", "kept", "scene", "stage"].map(part);
  let cropper = null;
  let chosen = null; // the part, in fractions as the form sends them; kept while the cropper is built
  let isBuilt = false;
  let shown = "";

  // The library

  function arrival(element) {
    return new Promise((resolve, reject) => {
      element.onload = resolve;
      element.onerror = reject;
      document.head.append(element);
    });
  }

  let library = null;
  function load() {
    const styles = Object.assign(document.createElement("link"), { rel: "stylesheet", href: root.dataset.styles });
    const script = Object.assign(document.createElement("script"), { src: root.dataset.script, nonce });
    library ??= Promise.all([arrival(styles), arrival(script)]);
    return library;
  }

  // Showing a photo, and no longer showing it

  async function show(source) {
    clear();
    shown = source;
    const photo = Object.assign(new Image(), { src: source, alt: "" });
    try {
      await Promise.all([load(), photo.decode()]);
    } catch {
      if (shown === source) choosePlainly(true);
      return;
    }
    if (shown !== source) return;
    scene.hidden = false;
    build(photo);
    document.getElementById("live").textContent = document.getElementById("cropper-label").textContent;
  }

  function build(photo) {
    cropper?.destroy();
    isBuilt = false;
    stage.replaceChildren(photo);
    cropper = new window.Cropper(photo, { ...LOOK, ready, crop: remember, zoom: keepLarge });
  }

  function ready() {
    isBuilt = true;
    if (chosen) putBack(chosen);
    else remember();
  }

  /** The frame is as large as it can be again, so the photo is laid under it as it lay. */
  function putBack({ left, top, size }) {
    const { naturalWidth, naturalHeight } = cropper.getImageData();
    const frame = cropper.getCropBoxData();
    const scale = frame.width / (size * Math.min(naturalWidth, naturalHeight));
    const [width, height] = [naturalWidth * scale, naturalHeight * scale];
    cropper.setCanvasData({ left: frame.left - left * width, top: frame.top - top * height, width });
  }

  function choosePlainly(isWanted) {
    plain.hidden = !isWanted;
    root.classList.toggle("cropper-failed", isWanted); // where scripts run the style sheet hides it from the start
  }

  function clear() {
    cropper?.destroy();
    cropper = null;
    chosen = null;
    if (shown.startsWith("blob:")) URL.revokeObjectURL(shown);
    shown = "";
    choosePlainly(false);
    scene.hidden = true;
    if (kept) kept.hidden = false;
    stage.replaceChildren();
    for (const value of root.querySelectorAll("[data-cropper-value]")) value.value = "";
  }

  function remember() {
    if (!isBuilt) return;
    const { naturalWidth, naturalHeight } = cropper.getImageData();
    const { x, y, width } = cropper.getData();
    chosen = { left: x / naturalWidth, top: y / naturalHeight, size: width / Math.min(naturalWidth, naturalHeight) };
    for (const value of root.querySelectorAll("[data-cropper-value]")) {
      value.value = Math.min(1, Math.max(0, chosen[value.dataset.cropperValue])).toFixed(DIGITS);
    }
  }

  function keepLarge(event) {
    const side = cropper.getCropBoxData().width / event.detail.ratio;
    const isCloser = event.detail.ratio > event.detail.oldRatio;
    if (isCloser && side < Number(root.dataset.leastSide)) event.preventDefault();
  }

  // What people do

  input.addEventListener("change", () => {
    const file = input.files[0];
    if (!file) return clear();
    show(URL.createObjectURL(file));
    if (kept) kept.hidden = true;
  });

  kept?.querySelector("button").addEventListener("click", () => {
    show(kept.dataset.cropperKept);
    root.dispatchEvent(new Event("input", { bubbles: true }));
  });

  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-cropper-act]");
    if (button && cropper) ACTS[button.dataset.cropperAct](cropper);
  });

  stage.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || !cropper || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    ACTS[act](cropper);
  });

  // The stage changes with the window; what was chosen does not

  let resting = 0;
  function refit() {
    if (cropper && isBuilt) build(stage.querySelector("img"));
  }

  addEventListener("resize", () => {
    clearTimeout(resting);
    resting = setTimeout(refit, REST);
  });

  clear();
})();
