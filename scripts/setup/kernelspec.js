import { join } from "node:path";
import { node24 } from "./node.js";
import { VENV } from "./python.js";
import { ROOT } from "./stamp.js";
import { run, SetupError } from "./step.js";

/** Writes the kernelspec into `.venv`, so that its JupyterLab offers "TypeScript (bpfbook)". */
export async function installKernelspec() {
  const { code, output } = await run(node24(), [
    join(ROOT, "bin", "bpfbook.js"),
    "kernel",
    "install",
    "--prefix",
    VENV,
  ]);
  if (code !== 0) throw new SetupError(`bpfbook kernel install failed: ${output.trim().split("\n").at(-1)}`);
}
