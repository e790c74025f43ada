#!/usr/bin/env node
// The command. Plain JavaScript that any Node can read: on one that is too old it starts the right one or says so.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isBuilt } from "./built.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const NEEDED = 24;

if (Number(process.versions.node.split(".")[0]) < NEEDED) {
  const bundled = join(root, "node_modules", "node", "bin", "node");
  if (!existsSync(bundled)) {
    process.stderr.write(
      `bpfbook: needs Node ${NEEDED} or newer, this is ${process.versions.node}. Run: npm install node@${NEEDED}\n`,
    );
    process.exit(2);
  }
  const { status } = spawnSync(bundled, process.argv.slice(1), { stdio: "inherit" });
  process.exit(status ?? 1);
}

// Compiled code and stripped types are kept from one start to the next: it halves the start of the kernel, whose child
// process uses the same cache.
module.enableCompileCache(join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "bpfbook", "compile"));

// A package or a Binder image runs dist/. A development checkout runs its sources (Node strips the types), unless dist/ was
// built from just these: that starts in a third of the time. Most tests run the sources.
const source = join(root, "src", "cli", "main.ts");
const development = existsSync(source) && existsSync(join(root, "node_modules", "vitest"));
const runsSource = development && (Boolean(process.env.BPFBOOK_SOURCES) || !isBuilt(root));
const entry = runsSource ? source : join(root, "dist", "src", "cli", "main.js");
process.removeAllListeners("warning");
const { main } = await import(pathToFileURL(entry).href);
process.exitCode = await main(process.argv.slice(2));
