import { toHex } from "../../isa/encode.ts";
import { BpfSubsystem } from "../../linux/bpf/subsystem.ts";
import { TimeLimitError, testRun } from "../../linux/bpf/test-run.ts";
import { Linux } from "../../linux/linux.ts";
import { MapError } from "../../maps/error.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import { TestRunError } from "../../programs/test-run.ts";
import type { Verdict } from "../../verifier/verdict.ts";
import { VerifierError } from "../../verifier/verification.ts";
import { verify } from "../../verifier/verify.ts";
import { ExecutionError, ProgramError } from "../../vm/errors.ts";
import type { Request, RunRequest, VerifyRequest } from "./request.ts";

/** One answer, ready for `JSON.stringify`. */
export type Answer = Readonly<Record<string, unknown>>;

/** Answers a request. Programs that fail in any way give an answer with `"ok": false`, never an exception. */
export function answer(request: Request): Answer {
  switch (request.op) {
    case "verify":
      return answerVerify(request);
    case "run":
      return answerRun(request);
  }
}

/** Real milliseconds that one request may run. */
const RUN_LIMIT = 60_000;

const nanoseconds = (since: number): number => Math.round((performance.now() - since) * 1e6);

function answerVerify({ id, program, logLevel }: VerifyRequest): Answer {
  const began = performance.now();
  const verdict = verify(program, { logLevel });
  return { id, ...verdictFields(verdict), verifyNs: nanoseconds(began), log: verdict.log };
}

const verdictFields = ({ ok, errno, error, processed }: Verdict): Answer => ({
  ok,
  ...(ok ? {} : { errno, error }),
  processed,
});

function answerRun({ id, program, engine, data, repeat }: RunRequest): Answer {
  try {
    // A machine of its own for each request: maps start empty, and nothing of one program reaches the next.
    const bpf = new BpfSubsystem(new Linux({ cpus: 1 }));
    const loaded = bpf.load(program, { engine });
    const { retval, dataOut, nsPerRun } = testRun(bpf, loaded, { data, repeat, timeLimit: RUN_LIMIT });
    return { id, ok: true, retval, dataOut: toHex(dataOut), nsPerRun, maps: loaded.maps.map(contents) };
  } catch (error) {
    return { id, ok: false, ...failure(error) };
  }
}

function failure(error: unknown): Answer {
  if (error instanceof VerifierError) return { ...verdictFields(error.verification.verdict), op: "verify" };
  if (error instanceof MapError || error instanceof TestRunError) return { errno: error.errno, error: error.message };
  if (error instanceof ProgramError || error instanceof ExecutionError) {
    return { error: error.message, code: error.code, at: error.at };
  }
  if (error instanceof TimeLimitError) return { error: error.message, code: error.code };
  throw error;
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
