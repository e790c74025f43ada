/** Addresses must not become known to users without CAP_PERFMON. */
import { type Environment, registerAt } from "./environment.ts";
import { isPointer, TYPE } from "./registers.ts";
import { reject } from "./rejection.ts";

/** The register holds an address, and the user may not learn it. */
export const isSecret = ({ perfmon, words }: Environment, register: number): boolean =>
  !perfmon && isPointer(words[registerAt(register) + TYPE]);

/** Refuses an address on its way into `place`: a map, the context, a helper. */
export function refuseLeak(env: Environment, register: number, place: string): void {
  if (register >= 0 && isSecret(env, register)) reject("leak", register, place);
}
