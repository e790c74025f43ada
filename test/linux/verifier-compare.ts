/** One program before both verifiers. */
import { encode } from "../../src/isa/encode.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import type { Verdict } from "../../src/verifier/verdict.ts";
import { verify } from "../../src/verifier/verify.ts";
import { close, mapCreate, progLoad } from "./bpf.ts";

export interface Comparison {
  readonly program: ProgramSpec;
  readonly linux: { readonly ok: boolean; readonly errno?: string; readonly error?: string; readonly log: string };
  readonly ours: Verdict;
}

const descriptors = new Map<string, number>();

/** Maps with the same shape are made once. */
function descriptor(map: ProgramSpec["maps"][number]): number {
  const key = JSON.stringify(map);
  let fd = descriptors.get(key);
  if (fd === undefined) {
    fd = mapCreate(map).fd;
    descriptors.set(key, fd);
  }
  return fd;
}

/** The line before the last one, which only counts; an endless loop is followed by the two states. */
export function lastMessage(log: string): string {
  const lines = log.trimEnd().split("\n");
  const end = lines.findLastIndex((line) => line.startsWith("processed "));
  const message = lines.slice(0, end).findLastIndex((line) => !/^(cur|old) state:/.test(line));
  return lines[message] ?? "";
}

/** Addresses of maps differ from boot to boot; ours shows where an address would be. */
export const withoutAddresses = (log: string): string =>
  log.replace(/(\(18\) r\d+ = )0x[0-9a-f]+ */g, "$1ADDRESS ");

export function compare(program: ProgramSpec, logLevel = 2): Comparison {
  const { ok, errno, fd, log } = progLoad({
    type: program.type,
    insns: encode(program.insns),
    mapFds: program.maps.map(descriptor),
    license: program.license,
    logLevel,
  });
  if (ok) close(fd);
  const ours = verify(program, { logLevel, cpus: CPUS });
  return { program, linux: { ok, errno, log, ...(ok ? {} : { error: lastMessage(log) }) }, ours };
}

import { readFileSync } from "node:fs";

/** How many CPUs Linux could have, which bounds what a helper returns. */
const CPUS = possibleCpus();

function possibleCpus(): number {
  try {
    return Number(readFileSync("/sys/devices/system/cpu/possible", "utf8").trim().split("-").at(-1)) + 1;
  } catch {
    return 1;
  }
}
