/** What to do, where the catalogue's sentence for the message does not fit the program at hand. */
import type { ProgramSpec } from "../programs/spec.ts";
import { stateAtEnd } from "./path-state.ts";
import { releaseOf } from "./releases.ts";
import type { HistoryStep } from "./trace.ts";
import type { Verdict } from "./verdict.ts";

/** A sentence in place of the catalogue's; undefined where that one fits. */
export function mendDetail(
  { maps, type }: ProgramSpec,
  verdict: Verdict,
  history: readonly HistoryStep[],
): string | undefined {
  const { message, values = [] } = verdict;
  const lost = history.find((step) => step.lost);
  if (lost !== undefined) {
    const callee = lost.by ?? "the call";
    if (/into it no more/.test(lost.learned))
      return `Behind ${callee} take data and data_end from the context again, and compare again.`;
    return `Do all that needs the pointer before ${callee} is called.`;
  }
  const register = `R${values[0]}`;
  switch (message) {
    case "mem_access":
      if (String(values[1]).endsWith("_or_null")) return "Compare it with NULL first, and use it only where it is not.";
      if (values[1] === "scalar" && history.some(({ learned }) => /^r0 is the result of/.test(learned)))
        return "A helper's result that is a number is no address. Linux's memory is read with bpf_probe_read_kernel, or through a pointer that has a type.";
      return undefined;
    case "reference_leak": {
      const name = releaseOf(history.at(-1)?.learned.split(" ")[0] ?? "");
      const also = name?.endsWith("_dynptr") ? ", also where the reservation failed" : "";
      return name === undefined
        ? undefined
        : `Call ${name}${RINGBUF.test(name) ? ` (or ${name.replace("discard", "submit")})` : ""} on every path before the program ends${also}.`;
    }
    case "pointer_arithmetic":
      return values[1] === "pkt_end"
        ? "Leave the end as it is: add to the packet's start instead, and compare the sum with the end."
        : undefined;
    case "map_write": {
      const value = stateAtEnd(verdict).get(register) ?? history.at(-1)?.value ?? "";
      const name = /\bmap=([^,)]+)/.exec(value)?.[1];
      if (name === undefined || !maps.some((map) => map.name === name) || !name.endsWith(".rodata")) return undefined;
      return "What is declared `const` lies there, and is frozen when the program is loaded. Declare it without `const`, or write to a variable of its own.";
    }
    case "context_access":
      return type === "socket_filter" && [76, 80].includes(Number(values[0]))
        ? "Copy the bytes that you need with bpf_skb_load_bytes."
        : undefined;
    case "argument_type":
      return ARGUMENTS.find(([expected]) => expected.test(String(values[2])))?.[1];
    default:
      return undefined;
  }
}

const RINGBUF = /^bpf_ringbuf_discard/;

/** What to pass, by what the helper expects. */
const ARGUMENTS: readonly (readonly [RegExp, string])[] = [
  [
    /^ringbuf_mem$/,
    "Pass what bpf_ringbuf_reserve gave. Bytes that lie elsewhere are sent with bpf_ringbuf_output, which copies them.",
  ],
  [
    /^fp, /,
    "Pass an address of memory that the program may read: put the value into a variable on the stack, and pass the address of that.",
  ],
];
