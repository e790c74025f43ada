/** One row for each program type. The verifier, the loader, displays and documentation read them. */
import { ATTACH_TYPES, type AttachType } from "./attach-types.ts";
import { CGROUP_ROWS } from "./cgroup-rows.ts";
import { NETWORK_ROWS } from "./network-rows.ts";
import type { ProgramRow } from "./row.ts";
import { SECTIONS } from "./sections.ts";
import { TRACING_ROWS } from "./tracing-rows.ts";
import { PROGRAM_TYPES, type ProgramType } from "./types.ts";

export { typeOfSection } from "./sections.ts";

const rows = { ...TRACING_ROWS, ...NETWORK_ROWS, ...CGROUP_ROWS };

/**
 * Every program type.
 *
 * @example PROGRAMS.xdp.context?.fields.map((field) => field.name) // ["data", "data_end", ...]
 */
export const PROGRAMS: Readonly<Record<ProgramType, ProgramRow>> = Object.fromEntries(
  (Object.keys(PROGRAM_TYPES) as ProgramType[]).map((type): [ProgramType, ProgramRow] => [
    type,
    {
      type,
      number: PROGRAM_TYPES[type],
      sections: SECTIONS.filter((row) => row.type === type).map((row) => row.pattern),
      ...rows[type],
    },
  ]),
) as Record<ProgramType, ProgramRow>;

/**
 * The number of the expected attach type that a load passes to bpf(2) for programs of a type.
 *
 * @example attachNumber(PROGRAMS.sk_lookup) // 36
 */
export const attachNumber = ({ defaultAttach }: ProgramRow, attach: AttachType | undefined = defaultAttach): number =>
  attach === undefined ? 0 : ATTACH_TYPES[attach];

/** Rows of programs that are attached elsewhere than usual, made when first asked for. */
const resolved = new Map<string, ProgramRow>();

/**
 * The row of a program type as it is where the program is meant to be attached, or undefined where Linux refuses the pair
 * (EINVAL without a message).
 *
 * @example programRow("cgroup_skb", "cgroup_inet_egress")?.returns // { min: 0, max: 3 }
 */
export function programRow(type: ProgramType, attach?: AttachType): ProgramRow | undefined {
  const row = PROGRAMS[type];
  if (attach === undefined || attach === row.defaultAttach) return row;
  if (!row.attachTypes.includes(attach)) return undefined;
  const key = `${type} ${attach}`;
  let found = resolved.get(key);
  if (found === undefined) {
    found = { ...row, ...row.variants?.[attach] };
    resolved.set(key, found);
  }
  return found;
}
