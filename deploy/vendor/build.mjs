// Copies what the pages use from node_modules into static/vendor. Run by `make vendor`; the result is committed.
//
// The sprite holds every name that a template or Python file passes to `icon(...)` or `icon=...`, and those of
// icons.mjs, whose names are computed or which the designs use. Icons of menus come filled too, for the
// current entry.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { NAMED_ELSEWHERE } from "./icons.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const MODULES = join(ROOT, "node_modules");
const VENDOR = join(ROOT, "static", "vendor");

const COPIES = {
  "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
  "cropper/cropper.min.js": "cropperjs/dist/cropper.min.js",
  "cropper/cropper.min.css": "cropperjs/dist/cropper.min.css",
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  // The version in the name lets browsers keep a font for ever: css names it, and css has no hash to give.
  "fonts/inter-latin-5.3.0.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  "fonts/inter-cyrillic-5.3.0.woff2": "@fontsource-variable/inter/files/inter-cyrillic-wght-normal.woff2",
  "swagger-ui/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
  "swagger-ui/swagger-ui-bundle.js": "swagger-ui-dist/swagger-ui-bundle.js",
  "redoc/redoc.standalone.js": "redoc/bundles/redoc.standalone.js",
  "../../tests/browser/axe.min.js": "axe-core/axe.min.js",
  "leaflet/leaflet.js": "leaflet/dist/leaflet.js",
  "leaflet/leaflet.css": "leaflet/dist/leaflet.css",
  "leaflet/markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
  "leaflet/markercluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
};

const LICENCES = {
  bootstrap: "bootstrap/LICENSE",
  "bootstrap-icons": "bootstrap-icons/LICENSE",
  cropperjs: "cropperjs/LICENSE",
  htmx: "htmx.org/LICENSE",
  inter: "@fontsource-variable/inter/LICENSE",
  "axe-core": "axe-core/LICENSE",
  leaflet: "leaflet/LICENSE",
  redoc: "redoc/LICENSE",
  "swagger-ui": "swagger-ui-dist/LICENSE",
  "leaflet.markercluster": "leaflet.markercluster/MIT-LICENCE.txt",
};

function withoutSourceMap(text) {
  return text.replace(/\n?(\/\/[#@] ?sourceMappingURL=.*|\/\*[#@] ?sourceMappingURL=.*?\*\/)\s*$/, "\n");
}

function copy(source, target) {
  mkdirSync(dirname(target), { recursive: true });
  if (/\.(js|css)$/.test(target)) {
    writeFileSync(target, withoutSourceMap(readFileSync(source, "utf8")));
  } else {
    cpSync(source, target);
  }
}

function files(folder, endings) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => endings.some((ending) => name.endsWith(ending)))
    .map((name) => join(folder, name));
}

function iconNames() {
  const names = new Set(NAMED_ELSEWHERE);
  const collect = (text, add) => {
    for (const [, name] of text.matchAll(/(?:\b|_)icon(?:=|\()\s*["']([a-z0-9-]+)["']/g)) add(name);
  };
  for (const source of files(join(ROOT, "templates"), [".html"])) {
    collect(readFileSync(source, "utf8").replace(/\{#[\s\S]*?#\}/g, ""), (name) => names.add(name));
  }
  for (const source of files(join(ROOT, "portal"), [".py"])) {
    collect(readFileSync(source, "utf8"), (name) => {
      names.add(name);
      if (existsSync(iconFile(`${name}-fill`))) names.add(`${name}-fill`);
    });
  }
  return [...names].sort();
}

function iconFile(name) {
  return join(MODULES, "bootstrap-icons", "icons", `${name}.svg`);
}

function sprite(names) {
  const symbols = names.map((name) => {
    const svg = readFileSync(iconFile(name), "utf8");
    const [, viewBox] = svg.match(/viewBox="([^"]+)"/);
    const body = svg
      .replace(/^[\s\S]*?<svg[^>]*>/, "")
      .replace(/<\/svg>\s*$/, "")
      .replace(/\n\s*/g, "");
    return `<symbol id="${name}" viewBox="${viewBox}" fill="currentColor">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

rmSync(join(VENDOR, "fonts"), { recursive: true, force: true });
for (const [target, source] of Object.entries(COPIES)) {
  copy(join(MODULES, source), join(VENDOR, target));
}
for (const [name, source] of Object.entries(LICENCES)) {
  copy(join(MODULES, source), join(VENDOR, "licences", `${name}.txt`));
}
const names = iconNames();
writeFileSync(join(VENDOR, "icons.svg"), sprite(names));
console.log(`static/vendor: ${Object.keys(COPIES).length} files and ${names.length} icons`);
