/** One object file before this loader and before bpftool (libbpf) with the running Linux. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { expect } from "vitest";
import { machineBtf } from "../../src/btf/data/machine.ts";
import { ObjectError } from "../../src/loader/object/error.ts";
import { Machine } from "../../src/machine.ts";
import { VerifierError } from "../../src/verifier/verification.ts";
import { verify } from "../../src/verifier/verify.ts";
import { lastMessage } from "./verifier-compare.ts";

const PINS = `/sys/fs/bpf/bpfbook_objects_${process.pid}`;

export const hasBpftool: boolean = spawnSync("bpftool", ["version"]).error === undefined;

interface Answer {
  readonly ok: boolean;
  /** The log of each program, in the order in which they were loaded; of one that fails libbpf asks several times. */
  readonly logs: readonly string[];
  readonly output: string;
}

/** What libbpf and Linux say of an object file. */
export function loadOnLinux(path: string): Answer {
  mkdirSync(PINS, { recursive: true });
  const pins = `${PINS}/object`;
  const { status, stderr, stdout } = spawnSync("bpftool", ["-d", "prog", "loadall", path, pins], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  rmSync(pins, { recursive: true, force: true });
  rmSync(PINS, { recursive: true, force: true });
  const output = `${stdout}${stderr}`;
  const logs = [...output.matchAll(/-- BEGIN PROG LOAD LOG --\n([\s\S]*?)-- END PROG LOAD LOG --/g)];
  // A program that is not meant to be loaded by itself cannot be pinned: all others were loaded then.
  const loaded = status === 0 || /can't pin program that wasn't loaded/.test(output);
  return { ok: loaded, logs: logs.map(([, log]) => log!), output };
}

const processed = (log: string): number => Number(/processed (\d+) insns/.exec(log)?.[1]);
const sourceLines = (log: string): string[] => log.split("\n").filter((line) => line.startsWith("; "));

/** Both say the same: verdict, last message, work done, lines of source; what libbpf refuses by itself in its words. */
export function compareObject(path: string, name: string, theirs: Answer = loadOnLinux(path)): void {
  const object = (() => {
    try {
      return new Machine({ release: "6.18" }).open(new Uint8Array(readFileSync(path)), { name });
    } catch (error) {
      return error as Error;
    }
  })();
  if (object instanceof Error) {
    expect(theirs.ok, `Linux loads what is refused here: ${object.message}`).toBe(false);
    expect(theirs.logs).toEqual([]);
    return;
  }
  let refused: VerifierError | undefined;
  try {
    object.load();
  } catch (error) {
    if (error instanceof ObjectError && error.code !== "EOPNOTSUPP") {
      expect(theirs.ok, `Linux loads what is refused here: ${error.message}`).toBe(false);
      // What was not resolved libbpf says in its own words, in place of the verifier's.
      if (theirs.logs.length > 0 && error.code === "EINVAL" && error.cause instanceof VerifierError)
        expect(error.reason.replace(/^prog '.*?': /, "")).toBe(lastMessage(theirs.logs.at(-1)!));
      else expect(theirs.output).toContain(`libbpf: ${error.reason}`);
      return;
    }
    // What the verifier accepts and this release cannot run is no disagreement about the program.
    if (error instanceof VerifierError) refused = error;
    else expect(error).toMatchObject({ code: "EOPNOTSUPP" });
  }
  expect(refused === undefined).toBe(theirs.ok);
  if (refused !== undefined) {
    expect(refused.verification.verdict.error).toBe(lastMessage(theirs.logs.at(-1)!));
    const { log } = verify(refused.verification.program, { logLevel: 2 });
    expect(sourceLines(log)).toEqual(sourceLines(theirs.logs.at(-1)!));
    return;
  }
  const loaded = object.programList.filter(({ isLoaded }) => isLoaded);
  for (const [index, { name: program, loaded: each }] of loaded.entries()) {
    const { log, processed: own } = verify(each.spec, { logLevel: 2, kernel: machineBtf("6.18") });
    expect([program, own]).toEqual([program, processed(theirs.logs[index]!)]);
    expect(sourceLines(log)).toEqual(sourceLines(theirs.logs[index]!));
  }
}
