import { accessSync, constants, existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { DEFAULT_NAME } from "../../../kernel/install/kernelspec.ts";
import { type InstallTarget, kernelsFolder } from "../../../kernel/install/locations.ts";
import { memoryLimit } from "../../../kernel/runtime/memory-limit.ts";
import { confinement } from "../../grade/sandbox/confinement.ts";
import { findClang } from "../../loader/clang/find-clang.ts";
import { findJupyter } from "../notebook/server.ts";
import { PACKAGE_ROOT } from "../package.ts";

/** What was found. `needed`: nothing works without it; `optional`: only what the line says does not. */
export interface Finding {
  readonly state: "good" | "needed" | "optional";
  readonly found: string;
  /** What to do, unless it is good. */
  readonly remedy?: string;
}

/** One line of `bpfbook doctor`. */
export interface Check {
  readonly name: string;
  readonly look: () => Finding | Promise<Finding>;
}

const NODE = 24;
/** Less than this (MiB) and a lesson may not fit. */
const MEMORY = 512;

const good = (found: string): Finding => ({ state: "good", found });

/** Everything that `bpfbook doctor` looks at, one row each. */
export const CHECKS: readonly Check[] = [
  { name: "Node", look: checkNode },
  { name: "Jupyter", look: checkJupyter },
  { name: "kernel", look: checkKernelspec },
  { name: "memory", look: checkMemory },
  { name: "compile cache", look: checkCache },
  { name: "clang", look: checkClang },
  { name: "libbpf headers", look: checkLibbpf },
  { name: "grading", look: checkSandbox },
];

/** What students' notebooks are kept from when they are graded here. */
function checkSandbox(): Finding {
  const weak = confinement().held.filter(({ weaker }) => weaker !== undefined);
  if (weak.length === 0) return good("students' notebooks are kept from files, network and other processes");
  const found = `students' notebooks are not kept from everything: ${weak.map(({ weaker }) => weaker).join("; ")}`;
  return { state: "optional", found, remedy: "install bubblewrap, util-linux; in a container allow user namespaces" };
}

function checkNode(): Finding {
  const { node } = process.versions;
  if (Number(node.split(".")[0]) >= NODE) return good(`${node}, ${process.execPath}`);
  return { state: "needed", found: node, remedy: `install Node ${NODE} or newer, or run: npm install node@${NODE}` };
}

/** Looked for and not started: it takes seconds to say its version. */
function checkJupyter(): Finding {
  const remedy = "run npm start in a checkout, or: pip install jupyterlab";
  try {
    const lab = join(dirname(findJupyter(PACKAGE_ROOT)), "jupyter-lab");
    return existsSync(lab) ? good(lab) : { state: "optional", found: `no JupyterLab at ${lab}`, remedy };
  } catch {
    return { state: "optional", found: "no Jupyter beside the package or on PATH", remedy };
  }
}

/** Front ends find a kernel in the user's folder and in that of the Python they run on. */
function checkKernelspec(): Finding {
  const remedy = "run: npx bpfbook kernel install --user";
  const places: InstallTarget[] = [
    { kind: "user" },
    { kind: "sys-prefix" },
    { kind: "prefix", path: join(PACKAGE_ROOT, ".venv") },
  ];
  const files = places.flatMap((place) => specFile(place));
  const [file] = files;
  if (file === undefined) return { state: "needed", found: "not installed for Jupyter", remedy };
  try {
    const { argv } = JSON.parse(readFileSync(file, "utf8")) as { argv: readonly string[] };
    const gone = argv.find((part) => /^([/\\]|[A-Z]:)/i.test(part) && !existsSync(part));
    if (gone === undefined) return good(files.join(", "));
    return { state: "needed", found: `${file} names ${gone}, which is not there`, remedy };
  } catch {
    return { state: "needed", found: `${file} cannot be read`, remedy };
  }
}

function specFile(place: InstallTarget): string[] {
  try {
    const file = join(kernelsFolder(place), DEFAULT_NAME, "kernel.json");
    return existsSync(file) ? [file] : [];
  } catch {
    return []; // there is no python3 to ask
  }
}

function checkMemory(): Finding {
  const limit = memoryLimit(process.env);
  if (limit >= MEMORY) return good(`cells may hold ${limit} MiB`);
  const remedy = "give the container more memory, or run: npx bpfbook kernel install --user --memory 1024";
  return { state: "optional", found: `cells may hold only ${limit} MiB`, remedy };
}

function checkCache(): Finding {
  const folder = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "bpfbook");
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return good(folder);
  } catch {
    const remedy =
      "make the folder writable, or set XDG_CACHE_HOME to one that is: the kernel starts twice as fast with it";
    return { state: "optional", found: `${folder} cannot be written`, remedy };
  }
}

async function checkClang(): Promise<Finding> {
  try {
    const { path, version, strip } = await findClang();
    return good(`${path}: ${version}${strip ? "" : ", without llvm-strip"}`);
  } catch (error) {
    return { state: "optional", found: "C programs cannot be compiled", remedy: (error as Error).message };
  }
}

async function checkLibbpf(): Promise<Finding> {
  const folders = await findClang().then(
    ({ systemIncludes }) => systemIncludes,
    () => ["/usr/include", "/usr/local/include"],
  );
  const folder = folders.find((each) => existsSync(join(each, "bpf", "bpf_helpers.h")));
  if (folder !== undefined) return good(join(folder, "bpf"));
  const remedy = "install the package libbpf-dev (libbpf-devel), where your C includes <bpf/...>";
  return { state: "optional", found: "bpf/bpf_helpers.h was not found", remedy };
}
