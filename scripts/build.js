#!/usr/bin/env node
// npm run build: dist/, the plain JavaScript that the package, Binder and an installed kernel run.
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./bundle.js";
import { installPackages, node24 } from "./setup/node.js";
import { ROOT } from "./setup/stamp.js";
import { main, progress, run, SetupError } from "./setup/step.js";

await main(async () => {
  await installPackages();
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  progress("build: tsc -p tsconfig.build.json");
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const { code, output } = await run(node24(), [tsc, "-p", join(ROOT, "tsconfig.build.json")], { cwd: ROOT });
  if (code !== 0) throw new SetupError(`the build failed:\n${output}`);
  progress("build: bundle");
  await bundle();
  // What the code reads beside itself and tsc does not know.
  cpSync(join(ROOT, "kernel", "install", "logo.svg"), join(ROOT, "dist", "kernel", "install", "logo.svg"));
});
