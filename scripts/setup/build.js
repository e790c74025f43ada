import { cpSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { STAMP } from "../../bin/built.js";
import { bundle } from "../bundle.js";
import { pruneDeclarations } from "./declarations.js";
import { node24 } from "./node.js";
import { ROOT } from "./stamp.js";
import { progress, run, SetupError } from "./step.js";

/** Writes dist/: what tsc makes of the sources, in few files. */
export async function buildPackage() {
  const begin = new Date();
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  progress("build: tsc -p tsconfig.build.json (half a minute)");
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const { code, output } = await run(node24(), [tsc, "-p", join(ROOT, "tsconfig.build.json")], { cwd: ROOT });
  if (code !== 0) throw new SetupError(`the build failed:\n${output}`);
  progress("build: bundle");
  await bundle();
  pruneDeclarations(join(ROOT, "dist"));
  // What the code reads beside itself and tsc does not know.
  cpSync(join(ROOT, "kernel", "install", "logo.svg"), join(ROOT, "dist", "kernel", "install", "logo.svg"));
  writeFileSync(join(ROOT, STAMP), "");
  utimesSync(join(ROOT, STAMP), begin, begin);
}
