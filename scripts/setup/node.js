import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, isDone, markDone, ROOT } from "./stamp.js";
import { progress, run, SetupError } from "./step.js";

/** The Node 24 that the npm package `node` brings; used where the machine's own is older. */
const BUNDLED = join(ROOT, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");

/** Whether node_modules belongs to another checkout: `npm ci` would empty it there. */
const isShared = () => lstatSync(join(ROOT, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink() === true;

/** Installs the npm packages once per lock file. */
export async function installPackages() {
  if (isShared()) return;
  const stamp = join(ROOT, "node_modules", ".bpfbook-stamp");
  const print = fingerprint(join(ROOT, "package-lock.json"));
  if (isDone(stamp, print)) return;
  progress("npm packages: npm ci (about a minute)");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { code, output } = await run(npm, ["ci", "--no-audit", "--no-fund"], { cwd: ROOT });
  if (code !== 0) {
    const reason = output
      .split("\n")
      .filter((line) => line.startsWith("npm error"))
      .slice(0, 3)
      .join(" ");
    throw new SetupError(
      `npm ci failed: ${reason || output.trim().split("\n").at(-1)}. Is the npm registry reachable? Then run the same command again.`,
    );
  }
  markDone(stamp, print);
}

/** Path of a Node that is new enough, after `installPackages`. */
export function node24() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 24) return process.execPath;
  if (existsSync(BUNDLED)) return BUNDLED;
  throw new SetupError(
    "Node 24 is missing: node_modules/node/bin/node does not exist. Delete node_modules and run the command again.",
  );
}
