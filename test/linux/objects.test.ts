/** The objects of test/fixtures/objects before this loader and before bpftool (libbpf) with the running Linux. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { machineBtf } from "../../src/btf/data/machine.ts";
import { ObjectError } from "../../src/loader/object/error.ts";
import { Machine } from "../../src/machine.ts";
import { VerifierError } from "../../src/verifier/verification.ts";
import { verify } from "../../src/verifier/verify.ts";
import { available, suiteName } from "./bpf.ts";
import { lastMessage } from "./verifier-compare.ts";

const FOLDER = new URL("../fixtures/objects/", import.meta.url);
const OBJECTS = readdirSync(FOLDER).filter((name) => name.endsWith(".bpf.o"));
const PINS = "/sys/fs/bpf/bpfbook_objects";

const hasTool = spawnSync("bpftool", ["version"]).error === undefined;

/** What libbpf and Linux say: the log of each program, in the order in which they were loaded. */
function linux(name: string): { ok: boolean; logs: string[] } {
  mkdirSync(PINS, { recursive: true });
  const path = `${PINS}/${name.replace(/\W/g, "_")}`;
  const { status, stderr, stdout } = spawnSync(
    "bpftool",
    ["-d", "prog", "loadall", new URL(name, FOLDER).pathname, path],
    { encoding: "utf8", maxBuffer: 1 << 28 },
  );
  rmSync(path, { recursive: true, force: true });
  rmSync(PINS, { recursive: true, force: true });
  const logs = [...`${stdout}${stderr}`.matchAll(/-- BEGIN PROG LOAD LOG --\n([\s\S]*?)-- END PROG LOAD LOG --/g)];
  return { ok: status === 0, logs: logs.map(([, log]) => log!) };
}

const processed = (log: string): number => Number(/processed (\d+) insns/.exec(log)?.[1]);
const sourceLines = (log: string): string[] => log.split("\n").filter((line) => line.startsWith("; "));

/** libbpf loads a program at several log levels where it fails; ours is the last log. */
function compare(name: string): void {
  const theirs = linux(name);
  const object = (() => {
    try {
      return new Machine({ release: "6.18" }).open(readFileSync(new URL(name, FOLDER)), { name });
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
    // What was not resolved libbpf says in its own words, in place of the verifier's.
    if (error instanceof ObjectError && error.cause instanceof VerifierError) {
      expect(theirs.ok).toBe(false);
      expect(error.reason.replace(/^prog '.*?': /, "")).toBe(lastMessage(theirs.logs.at(-1)!));
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
  for (const [index, { loaded: program }] of loaded.entries()) {
    const { log, processed: own } = verify(program.spec, { logLevel: 2, kernel: machineBtf("6.18") });
    expect(own).toBe(processed(theirs.logs[index]!));
    expect(sourceLines(log)).toEqual(sourceLines(theirs.logs[index]!));
  }
}

describe.skipIf(!available || !hasTool)(
  suiteName(`objects before libbpf${hasTool ? "" : " (bpftool is missing)"}`),
  () => {
    it.each(OBJECTS)("%s: the same verdict, last message, work and lines of source", compare);
  },
);
