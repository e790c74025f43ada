/** The catalogue's examples, and the programs in C, before the running Linux: the same message and errno. */
import { describe, expect, test } from "vitest";
import { EXAMPLES, exampleProgram } from "../../src/verifier/catalogue.ts";
import type { MessageExample } from "../../src/verifier/examples/example.ts";
import { C_PROGRAMS, specOf } from "../verifier/c/programs.ts";
import { available, suiteName } from "./bpf.ts";
import { compare } from "./verifier-compare.ts";

describe.skipIf(!available)(suiteName("messages of the verifier"), () => {
  // Maps have numbers of the program here, and descriptors of a process there: one that does not exist is not the same.
  const comparable = Object.entries(EXAMPLES).filter(([name]) => name !== "bad_map") as [string, MessageExample][];

  test.each(comparable)("%s: as Linux says it", (_, example) => {
    const { linux, ours } = compare(exampleProgram(example));
    expect([linux.error, linux.errno]).toEqual([ours.error, ours.errno]);
  });

  test.each(C_PROGRAMS)("$name in C: as its first line says", (program) => {
    const { linux } = compare(specOf(program));
    expect([linux.error, linux.errno]).toEqual([program.refused?.error, program.refused?.errno]);
  });
});
