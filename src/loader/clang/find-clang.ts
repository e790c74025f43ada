import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ClangError } from "./error.ts";

const run = promisify(execFile);

/** The oldest release whose objects are understood. */
const OLDEST = 14;
const NEWEST = 22;

/** The compiler of this machine. */
export interface Clang {
  readonly path: string;
  /** First line of `--version`. */
  readonly version: string;
  /** `undefined` where there is none: objects are then larger. */
  readonly strip: string | undefined;
  /** Folders of the host's own C headers, which clang does not search for its BPF target. */
  readonly systemIncludes: readonly string[];
}

let found: Promise<Clang> | undefined;

/** Finds clang and llvm-strip on the `PATH`, once. Throws {@link ClangError} where there is no clang that is new enough. */
export function findClang(): Promise<Clang> {
  found ??= search();
  found.catch(() => {
    found = undefined; // it may be installed meanwhile
  });
  return found;
}

async function search(): Promise<Clang> {
  const suffixes = ["", ...Array.from({ length: NEWEST - OLDEST + 1 }, (_, i) => `-${NEWEST - i}`)];
  let tooOld: string | undefined;
  for (const suffix of suffixes) {
    const version = await versionOf(`clang${suffix}`);
    if (version === undefined) continue;
    const major = Number(/version (\d+)/.exec(version)?.[1] ?? 0);
    if (major < OLDEST) {
      tooOld = version;
      continue;
    }
    const strips = [`llvm-strip${suffix}`, `llvm-strip-${major}`, "llvm-strip"];
    const known = await Promise.all(strips.map(versionOf));
    const path = `clang${suffix}`;
    return {
      ...{ path, version },
      strip: strips[known.findIndex((text) => text !== undefined)],
      systemIncludes: await includesOf(path),
    };
  }
  const why = tooOld === undefined ? "none was found" : `only ${tooOld} was found`;
  throw new ClangError(
    "ENOENT",
    `clang ${OLDEST} or newer is needed to compile C, and ${why}: install the packages clang, llvm and libbpf-dev, or open an object file with m.open(bytes).`,
  );
}

async function versionOf(tool: string): Promise<string | undefined> {
  try {
    return (await run(tool, ["--version"])).stdout.split("\n")[0];
  } catch {
    return undefined;
  }
}

/** What `clang -E -v` lists between its two headings. */
async function includesOf(clang: string): Promise<readonly string[]> {
  const { stderr } = await run(clang, ["-E", "-x", "c", "-v", "/dev/null"]);
  const list = /search starts here:\n([^"]*?)End of search list/.exec(stderr.slice(stderr.indexOf("#include <...>")));
  const folders = (list?.[1] ?? "").split("\n").map((line) => line.trim());
  // clang's own folder is searched anyway.
  return folders.filter((folder) => folder !== "" && !/\/lib\/clang\/[^/]+\/include$/.test(folder));
}
