/**
 * What `BPF_PROG_TEST_RUN` does around a program: puts a packet and its context into memory, and reads both back. The packet
 * comes in as if on the loopback device. Types that Linux has no test run for, but whose context is plain bytes, run by hand.
 */
import type { LinearMemory } from "../memory/memory.ts";
import { PROGRAMS } from "./table.ts";
import { TestRunError } from "./test-run/error.ts";
import { flowDissection } from "./test-run/flow-dissector.ts";
import type { TestRun, TestRunInput } from "./test-run/input.ts";
import { byHand, rawTracepoint, socketLookup, systemCall } from "./test-run/plain-context.ts";
import { socketBuffer } from "./test-run/socket-buffer.ts";
import { xdpFrame } from "./test-run/xdp-frame.ts";
import type { ProgramType } from "./types.ts";

export { TestRunError } from "./test-run/error.ts";
export type { TestRun, TestRunInput } from "./test-run/input.ts";

/** Types whose test run is given a packet. */
export const PACKET_TYPES: ReadonlySet<ProgramType> = new Set<ProgramType>([
  "xdp",
  "sched_cls",
  "sched_act",
  "socket_filter",
  "cgroup_skb",
  "lwt_in",
  "lwt_out",
  "lwt_xmit",
  "flow_dissector",
]);

/** Linux runs functions and packets of its own for these, which bpfbook does not model. */
const ON_LINUX_ONLY: ReadonlySet<ProgramType> = new Set<ProgramType>(["tracing", "struct_ops", "netfilter"]);

/**
 * Puts the input of a test run of a program of this type into memory; throws `TestRunError` where Linux refuses: a packet too
 * short or too long (EINVAL, ENOMEM), a field of the context that cannot be chosen (EINVAL), a type that has no test run
 * (ENOTSUPP).
 *
 * @example
 * const run = prepareTestRun(memory, "xdp", { data: packet });
 * const verdict = instance.run(run.context);
 * console.log(run.dataOut());
 */
export function prepareTestRun(memory: LinearMemory, type: ProgramType, input: TestRunInput): TestRun {
  switch (type) {
    case "xdp":
      return xdpFrame(memory, input);
    case "sched_cls":
    case "sched_act":
      return socketBuffer(memory, input, true);
    case "socket_filter":
    case "cgroup_skb":
    case "lwt_in":
    case "lwt_out":
    case "lwt_xmit":
      return socketBuffer(memory, input, false);
    case "flow_dissector":
      return flowDissection(memory, input);
    case "raw_tracepoint":
      return rawTracepoint(memory, input);
    case "syscall":
      return systemCall(memory, input);
    case "sk_lookup":
      return socketLookup(memory, input);
    case "kprobe":
    case "tracepoint":
    case "perf_event":
    case "cgroup_device":
      return byHand(memory, type, PROGRAMS[type].context!.size, input);
    default:
      throw new TestRunError(
        "ENOTSUPP",
        `programs of type ${type} have no test run${ON_LINUX_ONLY.has(type) ? " in bpfbook yet, though Linux has one" : ""}`,
        "Attach it and make its event happen.",
      );
  }
}
