/** The catalogue's examples, and the programs in C, before the running Linux: the same message and errno. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { EXAMPLES, exampleProgram } from "../../src/verifier/catalogue.ts";
import type { MessageExample } from "../../src/verifier/examples/example.ts";
import { C_PROGRAMS, type CProgram, OBJECTS, specOf } from "../verifier/c/programs.ts";
import { available, suiteName } from "./bpf.ts";
import { hasBpftool, loadOnLinux } from "./object-compare.ts";
import { compare, lastMessage } from "./verifier-compare.ts";

const ERRNO = { EACCES: 13, EINVAL: 22 } as const;

describe.skipIf(!available)(suiteName("messages of the verifier"), () => {
  // Maps have numbers of the program here, and descriptors of a process there: one that does not exist is not the same.
  const comparable = Object.entries(EXAMPLES).filter(([name]) => name !== "bad_map") as [string, MessageExample][];

  test.each(comparable)("%s: as Linux says it", (_, example) => {
    const { linux, ours } = compare(exampleProgram(example));
    expect([linux.error, linux.errno]).toEqual([ours.error, ours.errno]);
  });

  const usesKernel = ({ source }: CProgram): boolean => source.includes("__ksym");

  test.each(C_PROGRAMS.filter((each) => !usesKernel(each)))("$name in C: as its first line says", (program) => {
    const { linux } = compare(specOf(program));
    expect([linux.error, linux.errno]).toEqual([program.refused?.error, program.refused?.errno]);
  });

  // Functions of Linux have other ids in each build of it: libbpf finds them.
  test.skipIf(!hasBpftool).each(C_PROGRAMS.filter(usesKernel))("$name in C, loaded by libbpf", ({ name, refused }) => {
    const { logs, output } = loadOnLinux(join(OBJECTS, `${name}.bpf.o`));
    expect(lastMessage(logs.at(-1)!)).toBe(refused?.error);
    expect(output).toContain(`failed to load: -${ERRNO[refused!.errno as keyof typeof ERRNO]}`);
  });
});
