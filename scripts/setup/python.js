import { existsSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, isDone, markDone, ROOT } from "./stamp.js";
import { progress, run, SetupError } from "./step.js";

export const VENV = join(ROOT, ".venv");
const BIN = join(VENV, process.platform === "win32" ? "Scripts" : "bin");

/** A program of the virtual environment, such as `python` or `jupyter`. */
export const venvProgram = (name) => join(BIN, name);

async function findPython() {
  for (const name of ["python3", "python"]) {
    const { code, output } = await run(name, ["-c", "import sys, venv, ensurepip; print(*sys.version_info[:2])"]);
    if (code !== 0) continue;
    const [major, minor] = output.trim().split(" ").map(Number);
    if (major > 3 || (major === 3 && minor >= 10)) return name;
  }
  throw new SetupError(
    "Python 3.10 or newer with the venv module was not found. Install it (Debian: apt install python3-venv) and run the command again.",
  );
}

/** Makes `.venv` and installs what the given requirement files name, once per content of these files. */
export async function installPython(...files) {
  const paths = files.map((file) => join(ROOT, file));
  const stamp = join(VENV, ".bpfbook-stamp");
  const print = fingerprint(...paths);
  if (isDone(stamp, print) || covered(stamp, files)) return;
  if (!existsSync(venvProgram("python"))) {
    progress("Python: making .venv");
    const made = await run(await findPython(), ["-m", "venv", VENV]);
    if (made.code !== 0) throw new SetupError(`python -m venv failed: ${made.output.trim().split("\n").at(-1)}`);
  }
  progress(`Python: pip install -r ${files.join(" -r ")} (about a minute)`);
  const args = paths.flatMap((path) => ["-r", path]);
  const { code, output } = await run(venvProgram("python"), ["-m", "pip", "install", "--quiet", ...args]);
  if (code !== 0) {
    const reason = output.split("\n").find((line) => line.startsWith("ERROR")) ?? output.trim().split("\n").at(-1);
    throw new SetupError(
      `pip install failed: ${reason}. Is the Python package index reachable? Then run the same command again.`,
    );
  }
  markDone(stamp, print);
}

/** `npm start` after `npm test`: the larger set of requirements is there already. */
function covered(stamp, files) {
  const all = ["binder/requirements.txt", "test/requirements.txt"];
  return (
    files.length === 1 && files[0] === all[0] && isDone(stamp, fingerprint(...all.map((file) => join(ROOT, file))))
  );
}
