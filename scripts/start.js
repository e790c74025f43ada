#!/usr/bin/env node
// npm start: sets up what is missing and opens JupyterLab on notebooks/.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { isBuilt } from "../bin/built.js";
import { buildPackage } from "./setup/build.js";
import { installKernelspec } from "./setup/kernelspec.js";
import { installPackages } from "./setup/node.js";
import { installPython, venvProgram } from "./setup/python.js";
import { ROOT } from "./setup/stamp.js";
import { main, progress } from "./setup/step.js";

await main(async () => {
  await installPackages();
  await installPython("binder/requirements.txt");
  if (!isBuilt(ROOT)) await buildPackage();
  await installKernelspec();
  const hasDisplay = process.platform !== "linux" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const args = ["lab", "--notebook-dir", join(ROOT, "notebooks")];
  if (!hasDisplay) args.push("--no-browser");
  if (process.getuid?.() === 0) args.push("--allow-root");
  progress("JupyterLab starts; its URL follows. Ctrl-C ends it.");
  progress("VS Code: run  npx bpfbook kernel install --user  to see the kernel there.");
  const lab = spawn(venvProgram("jupyter"), [...args, ...process.argv.slice(2)], { stdio: "inherit", cwd: ROOT });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => lab.kill(signal));
  return new Promise((resolve) => lab.on("close", (code) => resolve(code ?? 0)));
});
