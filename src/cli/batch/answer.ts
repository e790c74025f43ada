import { toHex } from "../../isa/encode.ts";
import { BpfSubsystem } from "../../linux/bpf/subsystem.ts";
import { TimeLimitError, testRun } from "../../linux/bpf/test-run.ts";
import { Linux } from "../../linux/linux.ts";
import { createMap } from "../../maps/create.ts";
import { MapError } from "../../maps/error.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import { LinearMemory } from "../../memory/memory.ts";
import { TestRunError } from "../../programs/test-run.ts";
import type { Verdict } from "../../verifier/verdict.ts";
import { refusalText, VerifierError } from "../../verifier/verification.ts";
import { verify } from "../../verifier/verify.ts";
import { ExecutionError, ProgramError } from "../../vm/errors.ts";
import type { Request, RunRequest, VerifyRequest } from "./request.ts";

/** One answer, ready for `JSON.stringify`. */
export type Answer = Readonly<Record<string, unknown>>;

/**
 * Answers a request. Programs that fail in any way give an answer with `"ok": false`, never an exception.
 *
 * `maps` of a run has an object for each map, in order: hex of key to hex of value. Together they take at most
 * `MOST_MAP_TEXT` characters; a map that does not fit in what those before it left is null in its place.
 */
export function answer(request: Request): Answer {
  try {
    switch (request.op) {
      case "verify":
        return answerVerify(request);
      case "run":
        return answerRun(request);
    }
  } catch (error) {
    return { id: request.id, ok: false, ...failure(error) };
  }
}

/** Characters that the elements of all maps of one answer take. */
export const MOST_MAP_TEXT = 16 * 2 ** 20;

const nanoseconds = (since: number): number => Math.round((performance.now() - since) * 1e6);

function answerVerify({ id, program, logLevel }: VerifyRequest): Answer {
  // A map that cannot be created fails before the verifier is asked, as it does for a loader on Linux.
  if (program.maps.length > 0) {
    const memory = new LinearMemory();
    for (const [index, map] of program.maps.entries()) createMap(memory, index, map);
  }
  const began = performance.now();
  const verdict = verify(program, { logLevel });
  return { id, ...verdictFields(verdict), verifyNs: nanoseconds(began), log: verdict.log };
}

const verdictFields = (verdict: Verdict): Answer => ({
  ok: verdict.ok,
  ...(verdict.ok ? {} : { errno: verdict.errno, error: refusalText(verdict) }),
  processed: verdict.processed,
});

function answerRun({ id, program, engine, data, context, repeat, timeLimit }: RunRequest): Answer {
  // A machine of its own for each request: maps start empty, and nothing of one program reaches the next.
  const bpf = new BpfSubsystem(new Linux({ cpus: 1 }));
  const loaded = bpf.load(program, { engine });
  const input = { ...(data ? { data } : {}), ...(context ? { context } : {}) };
  const { retval, dataOut, contextOut, nsPerRun } = testRun(bpf, loaded, {
    ...input,
    ...{ repeat, timeLimit: timeLimit * 1000 },
  });
  return {
    id,
    ok: true,
    retval,
    dataOut: toHex(dataOut),
    ...(contextOut ? { contextOut: toHex(contextOut) } : {}),
    nsPerRun: Math.round(10 * nsPerRun) / 10,
    maps: dump(loaded.maps),
  };
}

function failure(error: unknown): Answer {
  if (error instanceof VerifierError) return { ...verdictFields(error.verification.verdict), op: "verify" };
  if (error instanceof MapError || error instanceof TestRunError) return { errno: error.errno, error: error.message };
  if (error instanceof ProgramError || error instanceof ExecutionError) {
    return { error: error.message, code: error.code, at: error.at };
  }
  if (error instanceof TimeLimitError) return { errno: error.code, error: error.message };
  throw error;
}

/** The contents of each map as far as there is room for them, else null. */
function dump(maps: readonly RuntimeMap[]): (Record<string, string> | null)[] {
  let room = MOST_MAP_TEXT;
  return maps.map((map) => {
    const { keySize, valueSize } = map.spec;
    const text = map.size * (2 * (keySize + valueSize) + '"":"",'.length);
    if (text > room) return null;
    room -= text;
    return contents(map);
  });
}

/** All elements of a map as hex of key and value. */
function contents(map: RuntimeMap): Record<string, string> {
  const { memory, spec } = map;
  const key = memory.allocate(spec.keySize);
  const next = memory.allocate(spec.keySize);
  const elements: Record<string, string> = {};
  for (let at = 0; map.nextKey(at, next) === 0; at = key) {
    memory.u8.copyWithin(key, next, next + spec.keySize);
    const value = map.lookup(key);
    elements[toHex(memory.u8.slice(key, key + spec.keySize))] = toHex(memory.u8.slice(value, value + spec.valueSize));
  }
  return elements;
}
