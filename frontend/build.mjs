// Builds what the pages load into src/upline/web/shared/static/upline/ and keeps the hash of the
// sources beside it, so that a test can tell when the committed output is out of date.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "../src/upline/web/shared/static/upline");
const modules = join(here, "node_modules");
const SUBSETS = ["latin", "latin-ext", "cyrillic", "cyrillic-ext"];

function filesUnder(folder) {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesUnder(path) : [path]));
}

// The same list is read by tests/unit/test_web_build.py.
function digestOfSources() {
  const files = [
    ...["brand", "css", "js"].flatMap((folder) => filesUnder(join(here, folder))),
    ...["build.mjs", "icons.txt", "package-lock.json", "package.json"].map((name) => join(here, name)),
  ].sort((one, other) => (relative(here, one) < relative(here, other) ? -1 : 1));
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${relative(here, file)}\n`);
    hash.update(createHash("sha256").update(readFileSync(file)).digest("hex"));
    hash.update("\n");
  }
  return hash.digest("hex");
}

function css() {
  for (const name of readdirSync(join(here, "css")).filter((each) => each.endsWith(".css"))) {
    execFileSync(
      join(modules, ".bin/tailwindcss"),
      ["--input", join(here, "css", name), "--output", join(out, name), "--minify"],
      { cwd: here, stdio: ["ignore", "inherit", "pipe"] },
    );
  }
}

// Each file that lies directly in js/ is a script of its own; js/parts/ holds what they share.
async function scripts() {
  const entries = readdirSync(join(here, "js")).filter((name) => name.endsWith(".js"));
  await build({
    entryPoints: entries.map((name) => join(here, "js", name)),
    outdir: out,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "eof",
    logLevel: "warning",
  });
}

function icons() {
  const symbols = readFileSync(join(here, "icons.txt"), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" "))
    .map(([name, source]) => {
      const drawing = readFileSync(join(modules, "lucide-static/icons", `${source}.svg`), "utf8");
      const inside = drawing.slice(drawing.indexOf("\n>") + 2, drawing.lastIndexOf("</svg>"));
      return `<symbol id="${name}" viewBox="0 0 24 24">${inside.replace(/\s*\n\s*/g, "")}</symbol>`;
    });
  writeFileSync(
    join(out, "icons.svg"),
    `<!-- Icons of Lucide, ISC licence: see LICENSE-lucide.txt -->\n<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`,
  );
  cpSync(join(modules, "lucide-static/LICENSE"), join(out, "LICENSE-lucide.txt"));
}

function fonts() {
  const from = join(modules, "@fontsource-variable/inter");
  mkdirSync(join(out, "fonts"));
  for (const subset of SUBSETS) {
    cpSync(join(from, `files/inter-${subset}-wght-normal.woff2`), join(out, `fonts/inter-${subset}.woff2`));
  }
  cpSync(join(from, "LICENSE"), join(out, "fonts/LICENSE-inter.txt"));
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
fonts();
icons();
cpSync(join(here, "brand"), out, { recursive: true });
css();
await scripts();
writeFileSync(join(out, "built.json"), `${JSON.stringify({ sources: digestOfSources() })}\n`);
for (const file of filesUnder(out)) {
  console.log(`${String(statSync(file).size).padStart(8)}  ${relative(out, file)}`);
}
