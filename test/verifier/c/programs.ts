/**
 * Programs in C, each with what Linux says of it in its first line and why below. They are read as objects that clang has
 * made (test/fixtures/verifier), so no clang is needed; where there is one, a test holds them against their sources.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { programSpecs } from "../../../src/loader/object/program-specs.ts";
import type { ProgramSpec } from "../../../src/programs/spec.ts";
import type { MessageName } from "../../../src/verifier/messages.ts";

export const SOURCES = fileURLToPath(new URL(".", import.meta.url));
export const OBJECTS = fileURLToPath(new URL("../../fixtures/verifier/", import.meta.url));

/** What the sources are compiled with. */
export const CLANG_FLAGS = ["-O2", "-g", "-target", "bpf", "-mcpu=v3", "-I/usr/include/x86_64-linux-gnu"] as const;

export interface CProgram {
  readonly name: string;
  readonly source: string;
  /** Linux's message, its errno, and our name of it; undefined: accepted. */
  readonly refused?: { readonly error: string; readonly errno: string; readonly message: MessageName };
  readonly why: string;
}

export const C_PROGRAMS: readonly CProgram[] = readdirSync(SOURCES)
  .filter((file) => file.endsWith(".bpf.c"))
  .map((file) => readHeader(basename(file, ".bpf.c"), readFileSync(join(SOURCES, file), "utf8")));

/** `// Refused: MESSAGE (ERRNO, name)` or `// Accepted`, an empty line, and the explanation. */
function readHeader(name: string, source: string): CProgram {
  const comment = /^(?:\/\/.*\n)+/.exec(source)![0].replace(/^\/\/ ?/gm, "");
  const [first, , ...why] = comment.trimEnd().split("\n");
  const common = { name, source, why: why.join(" ") };
  if (first === "Accepted") return common;
  const [, error, errno, message] = /^Refused: (.*) \((\w+), (\w+)\)$/.exec(first)!;
  return { ...common, refused: { error, errno, message: message as MessageName } };
}

/** Messages that a program in C is an example of. */
export const EXAMPLES_IN_C: ReadonlySet<MessageName> = new Set(
  C_PROGRAMS.flatMap(({ refused }) => refused?.message ?? []),
);

/** The program as the loader would hand it to Linux. */
export function specOf({ name }: CProgram): ProgramSpec {
  return programSpecs(readFileSync(join(OBJECTS, `${name}.bpf.o`)), { name })[0].spec;
}
