/** C to an object file, by the clang of the machine that runs this. The only part of the loader that needs Node. */
import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { Release } from "../../btf/data/machine.ts";
import { ArgumentError, isObject } from "../../isa/argument.ts";
import type { CSource } from "../c.ts";
import type { OpenOptions } from "../object/bpf-object.ts";
import { cached, contentKey, vmlinuxFolder } from "./cache.ts";
import { ClangError, readDiagnostics } from "./error.ts";
import { type Clang, findClang } from "./find-clang.ts";

export interface CompileOptions {
  /** Further flags for clang: `["-DLIMIT=4", "-mcpu=v3"]`. */
  readonly cflags?: readonly string[];
  /** Name of the object, where no file has one; default `"program"`. */
  readonly name?: string;
  /** For {@link OpenOptions | opening} it. */
  readonly open?: Omit<OpenOptions, "name" | "warnings">;
}

/** What clang made. */
export interface Compiled {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** Warnings, as clang writes them. */
  readonly warnings: string;
}

/** Where pointers to the source's own structs are put, so that BTF describes them. Loaders skip the section. */
const TYPES_SECTION = ".bpfbook.types";

/** What every program is compiled with. */
export const CLANG_FLAGS: readonly string[] = [
  ...["-g", "-O2", "-target", "bpf", "-D__TARGET_ARCH_x86", "-fno-color-diagnostics", "-Wall", "-Wno-unused-function"],
  // The text of each line goes into BTF also where the file itself is gone.
  ...["-gdwarf-5", "-gembed-source", "-fdebug-compilation-dir=."],
];

/** Comes before the first line. */
const PRELUDE = "bpfbook-prelude.h";

/** An endless `#include` of itself must not run for ever. */
const TIME_LIMIT = 60_000;
const MOST_OUTPUT = 4 << 20;

/** clang takes a folder that it may not search for an error, even if nothing of it is wanted. */
function isSearched(folder: string): boolean {
  try {
    accessSync(folder, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Compiles a text or a file for a release of Linux, whose `vmlinux.h` is found; `<bpf/...>` are the system's libbpf headers.
 * What was compiled before is not compiled again. Throws {@link ClangError}.
 */
export async function compile(
  source: CSource | string,
  release: Release,
  options: CompileOptions = {},
): Promise<Compiled> {
  const { cflags = [] } = options;
  if (!Array.isArray(cflags) || !cflags.every((flag) => typeof flag === "string"))
    throw new ArgumentError("cflags of compile", 'a list of flags, such as ["-DLIMIT=4"]', cflags);
  const { text, name, folder } = read(source, options);
  const clang = await findClang();
  const header = vmlinuxFolder(release);
  const flags = [
    ...CLANG_FLAGS,
    ...(isSearched(folder) ? ["-I", folder] : []),
    ...["-I", header.folder],
    ...clang.systemIncludes.flatMap((path) => ["-idirafter", path]),
    ...cflags,
  ];
  const whole = `${text}\n${typePointers(text)}`;
  const before = prelude(text);
  let warnings = before === "" ? "" : `${name}.bpf.c: uses u8 to u64 without defining them: a prelude does\n`;
  const make = async () => {
    const made = await runClang(clang, flags, { [`${name}.bpf.c`]: whole, [PRELUDE]: before });
    warnings += made.warnings;
    // What clang warns of is compiled each time, so that it is seen each time.
    return { bytes: made.bytes, keep: made.warnings === "" };
  };
  if (readsOwnFiles(text, folder, cflags)) {
    const { bytes } = await make();
    return { bytes, name, warnings };
  }
  const key = contentKey(clang.version, ...flags, header.key, libbpfKey(clang), name, whole, before);
  const bytes = await cached(join("objects", `${key}.o`), make);
  return { bytes, name, warnings };
}

function read(source: unknown, { name = "program" }: CompileOptions): { text: string; name: string; folder: string } {
  if (isObject(source) && source.language === "c" && typeof source.text === "string")
    return { text: source.text, name, folder: process.cwd() };
  if (typeof source !== "string" || source.includes("\n"))
    throw new ArgumentError("source", "C as c`...`, or the path of a file", source);
  const path = resolve(source);
  if (!existsSync(path)) throw new ClangError("ENOENT", `${source}: there is no such file`);
  return {
    text: readFileSync(path, "utf8"),
    name: basename(path).split(".")[0] || name,
    folder: dirname(path),
  };
}

/**
 * Pointers to all structs that the text defines: BTF has no types that only local variables have, such as the records of
 * ring buffers often are.
 */
function typePointers(text: string): string {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  const names = new Set([...code.matchAll(/\bstruct\s+([A-Za-z_]\w*)\s*\{/g)].map(([, name]) => name!));
  return [...names]
    .map((name) => `struct ${name} *__bpfbook_${name} __attribute__((section("${TYPES_SECTION}"), used));\n`)
    .join("");
}

/** The kernel's short names, which programs often use without defining them. */
function prelude(text: string): string {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  const used = /\b[us](8|16|32|64)\b/.test(code);
  const defined = /[<"]vmlinux\.h[>"]|\btypedef\b[^;]*\b[us](8|16|32|64)\s*;|#\s*define\s+[us](8|16|32|64)\b/.test(
    code,
  );
  if (!used || defined) return "";
  const names = [8, 16, 32, 64].flatMap((bits) => [`u${bits}`, `s${bits}`]);
  return ["#include <linux/types.h>", ...names.map((name) => `typedef __${name} ${name};`), ""].join("\n");
}

/** Flags that say everything by themselves; others may name files. */
const PLAIN_FLAG = /^-([DUOmWgf]|std=)/;

/** Folders of headers that a student's own would come before. */
const SYSTEM_FOLDERS = ["asm", "asm-generic", "bpf", "linux"];

/** Whether it may include files whose contents the key would have to know: in doubt it is compiled again. */
function readsOwnFiles(text: string, folder: string, cflags: readonly string[]): boolean {
  if (cflags.some((flag) => !PLAIN_FLAG.test(flag))) return true;
  if (["vmlinux.h", ...SYSTEM_FOLDERS].some((name) => existsSync(join(folder, name)))) return true;
  return [...text.matchAll(/^\s*(?:#|%:)\s*(include\w*|import|embed)\b\s*(.*)$/gm)].some(([, word, rest]) => {
    const file = word === "include" ? /^(?:<([^>]*)>|"(vmlinux\.h)")/.exec(rest!) : null;
    return file === null || existsSync(join(folder, file[1] ?? file[2]!));
  });
}

/** Which libbpf headers there are. */
function libbpfKey({ systemIncludes }: Clang): string {
  const files = systemIncludes.map((path) => join(path, "bpf", "bpf_helper_defs.h")).filter((file) => existsSync(file));
  return files.map((file) => `${file} ${statSync(file).mtimeMs}`).join("\n");
}

async function runClang(
  { path, strip }: Clang,
  flags: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<{ bytes: Uint8Array; warnings: string }> {
  const folder = mkdtempSync(join(tmpdir(), "bpfbook-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const [file] = Object.keys(files);
    const { stderr, failed } = await execute(
      path,
      [...flags, "-include", PRELUDE, "-c", file!, "-o", "program.o"],
      folder,
    );
    if (failed) throw new ClangError("COMPILE", explain(stderr), readDiagnostics(stderr));
    if (strip !== undefined) await execute(strip, ["-g", "program.o"], folder);
    return { bytes: new Uint8Array(readFileSync(join(folder, "program.o"))), warnings: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function execute(tool: string, args: readonly string[], cwd: string): Promise<{ stderr: string; failed: boolean }> {
  return new Promise((done) => {
    const options = { cwd, timeout: TIME_LIMIT, maxBuffer: MOST_OUTPUT };
    execFile(tool, args, options, (error, _stdout, stderr) => done({ stderr, failed: error !== null }));
  });
}

/** What clang said, and what to do about a header that is missing. */
function explain(stderr: string): string {
  const said = stderr.trim().replace(/\n\d+ (error|warning)s?( and \d+ errors?)? generated\.$/, "");
  const missing = /'(bpf\/[^']*)' file not found/.exec(said);
  if (missing !== null) return `${said}\nlibbpf's headers are missing: install the package libbpf-dev.`;
  return said === "" ? "clang was stopped before it said anything" : said;
}
