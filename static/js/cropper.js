// The square part of a photo, chosen on the photo itself (see templates/components/cropper.html). Cropper.js is loaded when
// there is a photo to crop; where it or the photo cannot be shown, the part is chosen by name as without scripts.

const STEP = 10; // pixels per key or button
const ZOOM = 0.1;
const DIGITS = 6;
const RESIZE_PAUSE = 100; // ms without a change of the window's size
const OPTIONS = {
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
const KEYS = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  "+": "in",
  "=": "in",
  "-": "out",
  "−": "out",
};

function loadStyles(href) {
  return new Promise((resolve, reject) => {
    document.head.append(
      Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve, onerror: reject }),
    );
  });
}

class PhotoCropper {
  constructor(root) {
    this.root = root;
    this.input = document.getElementById(root.dataset.cropper);
    for (const name of ["plain", "kept", "scene", "stage"]) this[name] = root.querySelector(`[data-cropper-${name}]`);
    this.library = null; // promise of Cropper.js
    this.listen();
    this.clear();
  }

  listen() {
    this.input.addEventListener("change", () => this.showChosen());
    this.kept?.querySelector("button").addEventListener("click", () => {
      this.show(this.kept.dataset.cropperKept);
      this.root.dispatchEvent(new Event("input", { bubbles: true }));
    });
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-cropper-act]");
      if (button && this.cropper) ACTS[button.dataset.cropperAct](this.cropper);
    });
    this.stage.addEventListener("keydown", (event) => {
      const act = KEYS[event.key];
      if (!act || !this.cropper || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      ACTS[act](this.cropper);
    });
    let pause = 0;
    addEventListener("resize", () => {
      clearTimeout(pause);
      pause = setTimeout(() => this.refit(), RESIZE_PAUSE);
    });
  }

  load() {
    const { script, styles } = this.root.dataset;
    this.library ??= Promise.all([import(script), loadStyles(styles)]); // the script defines window.Cropper
    return this.library;
  }

  showChosen() {
    const file = this.input.files[0];
    if (!file) {
      this.clear();
      return;
    }
    this.show(URL.createObjectURL(file));
    if (this.kept) this.kept.hidden = true;
  }

  async show(source) {
    this.clear();
    this.shown = source;
    const photo = Object.assign(new Image(), { src: source, alt: "" });
    try {
      await Promise.all([this.load(), photo.decode()]);
    } catch {
      if (this.shown === source) this.choosePlainly(true);
      return;
    }
    if (this.shown !== source) return; // another photo was chosen meanwhile
    this.scene.hidden = false;
    this.build(photo);
    document.getElementById("live").textContent = document.getElementById("cropper-label").textContent;
  }

  build(photo) {
    this.cropper?.destroy();
    this.isBuilt = false;
    this.stage.replaceChildren(photo);
    this.cropper = new window.Cropper(photo, {
      ...OPTIONS,
      ready: () => this.ready(),
      crop: () => this.remember(),
      zoom: (event) => this.limitZoom(event),
    });
  }

  ready() {
    this.isBuilt = true;
    if (this.chosen) this.restore(this.chosen);
    else this.remember();
  }

  /** After a resize the frame is as large as fits, so the photo is laid under it as it lay before. */
  restore({ left, top, size }) {
    const { naturalWidth, naturalHeight } = this.cropper.getImageData();
    const frame = this.cropper.getCropBoxData();
    const scale = frame.width / (size * Math.min(naturalWidth, naturalHeight));
    const [width, height] = [naturalWidth * scale, naturalHeight * scale];
    this.cropper.setCanvasData({ left: frame.left - left * width, top: frame.top - top * height, width });
  }

  choosePlainly(isWanted) {
    this.plain.hidden = !isWanted;
    this.root.classList.toggle("cropper-failed", isWanted); // where scripts run the style sheet hides it from the start
  }

  clear() {
    this.cropper?.destroy();
    this.cropper = null;
    this.chosen = null; // the part, in fractions as the form sends them; kept while the cropper is built
    this.isBuilt = false;
    if (this.shown?.startsWith("blob:")) URL.revokeObjectURL(this.shown);
    this.shown = "";
    this.choosePlainly(false);
    this.scene.hidden = true;
    if (this.kept) this.kept.hidden = false;
    this.stage.replaceChildren();
    for (const value of this.root.querySelectorAll("[data-cropper-value]")) value.value = "";
  }

  remember() {
    if (!this.isBuilt) return;
    const { naturalWidth, naturalHeight } = this.cropper.getImageData();
    const { x, y, width } = this.cropper.getData();
    const size = width / Math.min(naturalWidth, naturalHeight);
    this.chosen = { left: x / naturalWidth, top: y / naturalHeight, size };
    for (const value of this.root.querySelectorAll("[data-cropper-value]")) {
      value.value = Math.min(1, Math.max(0, this.chosen[value.dataset.cropperValue])).toFixed(DIGITS);
    }
  }

  /** Refuse to zoom in where the part would have fewer pixels than the portal accepts. */
  limitZoom(event) {
    const side = this.cropper.getCropBoxData().width / event.detail.ratio;
    const isCloser = event.detail.ratio > event.detail.oldRatio;
    if (isCloser && side < Number(this.root.dataset.leastSide)) event.preventDefault();
  }

  /** The stage changes with the window; what was chosen does not. */
  refit() {
    if (this.cropper && this.isBuilt) this.build(this.stage.querySelector("img"));
  }
}

for (const root of document.querySelectorAll("[data-cropper]")) new PhotoCropper(root);
