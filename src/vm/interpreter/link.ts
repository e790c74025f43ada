import type { RuntimeMap } from "../../maps/runtime.ts";
import { DIRECT_MAP } from "../../memory/memory.ts";
import { resolveCall } from "../call.ts";
import { decode } from "../decode.ts";
import type { Environment } from "../environment.ts";
import { mapAddress } from "../map-address.ts";
import { Regions } from "../regions.ts";
import type { Xlated } from "../types.ts";
import { FIRST_CONSTANT, layOut } from "./code.ts";
import type { Linked, RunState } from "./execute.ts";

/** Lays a program out and resolves what it names: maps, helpers. */
export function link(xlated: Xlated, environment: Environment, maps: readonly RuntimeMap[]): Linked {
  const operations = decode(xlated.insns);
  const regions = new Regions();
  const calls = operations.map((o, at) =>
    o.kind === "helper" ? resolveCall(o.id, at, xlated, environment, maps, regions) : undefined,
  );
  const code = layOut(xlated, operations, (o, at) => mapAddress(o, xlated.origin[at]!, maps));
  return { xlated, code, operations, calls, environment, regions };
}

/** The state of a run before its first instruction. */
export function begin(linked: Linked, context: number, length: number): RunState {
  const { code, environment, regions, xlated } = linked;
  const top = environment.stackPointer.value as number;
  const r = new BigInt64Array(FIRST_CONSTANT + code.constants.length);
  r.set(code.constants, FIRST_CONSTANT);
  r[1] = BigInt.asIntN(64, DIRECT_MAP + BigInt(context));
  r[10] = BigInt.asIntN(64, DIRECT_MAP + BigInt(top));
  if (!xlated.verified) {
    r[2] = BigInt(length);
    regions.begin(context, length, top);
  }
  return { r, halves: new Int32Array(r.buffer), frames: [], pc: 0, executed: 0, exited: false };
}
