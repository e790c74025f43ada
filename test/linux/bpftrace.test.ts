import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyse } from "../../src/bpftrace/analyse/program.ts";
import { type CompiledProgram, compile } from "../../src/bpftrace/compile/program.ts";
import { BpftraceError } from "../../src/bpftrace/diagnostics.ts";
import { machineSource } from "../../src/bpftrace/run/machine-source.ts";
import { parse } from "../../src/bpftrace/syntax/parse-program.ts";
import { encode, Machine } from "../../src/index.ts";
import { readCases } from "../bpftrace/cases.ts";
import { available, btfLoad, close, mapCreate, progLoad, suiteName } from "./bpf.ts";

const source = machineSource(new Machine().linux);

/** A program's programs for Linux; undefined for one that is refused before. */
function compiled(text: string): CompiledProgram | undefined {
  try {
    const program = analyse({ name: "stdin", text }, parse({ name: "stdin", text }), source);
    return compile({ name: "stdin", text }, program, { cpus: 2, startNs: 0n });
  } catch (error) {
    if (error instanceof BpftraceError) return undefined;
    throw error;
  }
}

/** What Linux says of the programs of types that it loads here: types with typed arguments it does not. */
function refusals({ maps, probes }: CompiledProgram): string[] {
  const fds = maps.map((map) => mapCreate(map).fd);
  const messages = probes.flatMap(({ spec }) => {
    if (spec.type === "tracing") return [];
    const { btf, functions = [] } = spec;
    const types = btf === undefined ? undefined : btfLoad(btf.bytes);
    const options = {
      ...{ type: spec.type, insns: encode(spec.insns), mapFds: fds, license: spec.license },
      ...(types?.ok && { btfFd: types.fd, functions }),
    };
    const answer = progLoad(options);
    const log = answer.ok ? "" : progLoad({ ...options, logLevel: 1 }).log;
    if (answer.ok) close(answer.fd);
    if (types?.ok) close(types.fd);
    return answer.ok ? [] : [log.split("\n").slice(-6).join("\n")];
  });
  for (const fd of fds) close(fd);
  return messages;
}

describe.skipIf(!available)(suiteName("bpftrace's programs against the running Linux"), () => {
  const cases = readCases(fileURLToPath(new URL("../bpftrace/cases", import.meta.url)));

  test.each([...new Set(cases.map(({ file }) => file))])("Linux loads what the cases of %s are compiled to", (file) => {
    for (const { name, program } of cases.filter((candidate) => candidate.file === file)) {
      const programs = compiled(program);
      if (programs !== undefined) expect([name, ...refusals(programs)]).toEqual([name]);
    }
  });

  const tools = "/usr/sbin";
  const installed = existsSync(tools) ? readdirSync(tools).filter((name) => name.endsWith(".bt")) : [];
  test.skipIf(installed.length === 0)("Linux loads the tools that are installed", () => {
    for (const name of installed) {
      const programs = compiled(readFileSync(`${tools}/${name}`, "utf8"));
      if (programs !== undefined) expect([name, ...refusals(programs)]).toEqual([name]);
    }
  });
});
