// Joins styles and ES modules into static/dist, one file per entry. The result is committed: running the portal needs no Node.
//
//   node deploy/bundle.mjs           writes the bundles (`make bundle`)
//   node deploy/bundle.mjs --check   fails when a bundle is not what the sources give (`make check`)
//   node deploy/bundle.mjs --watch   writes them whenever a source changes (`npm run watch`)
//
// Nothing is minified: bundles stay readable in the browser's developer tools and merge like sources, and compressed
// whitespace weighs little.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import { build, context } from "esbuild";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const SOURCES = ["static/css", "static/js"];
const DIST = "static/dist";
const OPTIONS = {
  absWorkingDir: ROOT,
  entryPoints: ["static/css/portal.css", "static/css/map.css", "static/js/portal.js", "static/js/map.js"],
  entryNames: "[name]",
  outdir: DIST,
  bundle: true,
  charset: "utf8",
  format: "esm",
  target: "esnext",
  external: ["../vendor/fonts/*"],
  logLevel: "warning",
  write: false,
};

/** A hash of all sources: with it a test finds bundles that are not current without Node. */
function sourcesHash() {
  const hash = createHash("sha256");
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true }).map((name) => `${folder}/${name}`),
  );
  for (const file of files.filter((name) => /\.(css|js)$/.test(name)).sort()) {
    hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  }
  return `${hash.digest("hex")}\n`;
}

/** The text of every file of static/dist, by its path. */
function outputs(result) {
  const bundles = result.outputFiles.map(({ path, text }) => [path, text]);
  return new Map([...bundles, [join(ROOT, DIST, "sources.sha256"), sourcesHash()]]);
}

function write(result) {
  mkdirSync(join(ROOT, DIST), { recursive: true });
  for (const [path, text] of outputs(result)) writeFileSync(path, text);
  console.log(`${DIST}: written`);
}

function check(result) {
  const isCurrent = ([path, text]) => existsSync(path) && readFileSync(path, "utf8") === text;
  const stale = [...outputs(result)].filter((output) => !isCurrent(output)).map(([path]) => relative(ROOT, path));
  if (!stale.length) return;
  console.error(`Not current: ${stale.join(", ")}; type \`make bundle\` and commit the result.`);
  process.exitCode = 1;
}

if (process.argv.includes("--watch")) {
  const onEnd = (result) => {
    if (!result.errors.length) write(result);
  };
  const watched = await context({
    ...OPTIONS,
    plugins: [{ name: "write", setup: (watching) => watching.onEnd(onEnd) }],
  });
  await watched.watch();
} else {
  const result = await build(OPTIONS);
  if (process.argv.includes("--check")) check(result);
  else write(result);
}
