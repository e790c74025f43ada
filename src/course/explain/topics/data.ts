import type { ArgType } from "../../../helpers/arguments.ts";
import { HELPERS } from "../../../helpers/table.ts";
import { isPerCpu, MAP_TYPES, type MapType } from "../../../maps/spec.ts";
import { PROGRAMS } from "../../../programs/table.ts";
import { code, correction, heading, list, type Topic, table, text } from "../block.ts";
import { said } from "../examples.ts";
import { MAP_USES } from "../map-uses.ts";

/** Helpers that the syllabus names. */
const COMMON = [
  "map_lookup_elem",
  "map_update_elem",
  "map_delete_elem",
  "probe_read",
  "probe_read_kernel",
  "probe_read_user",
  "ktime_get_ns",
  "get_current_pid_tgid",
  "get_current_comm",
  "get_current_uid_gid",
  "perf_event_output",
  "ringbuf_output",
  "trace_printk",
];
const NETWORK = ["skb_load_bytes", "skb_store_bytes", "redirect", "xdp_adjust_head"];

/** Program types that most people meet first. */
const FAMILIAR = ["kprobe", "tracepoint", "perf_event", "socket_filter", "sched_cls", "xdp", "lsm"] as const;

const argument = (arg: ArgType): string => arg.replace(/^const_map_ptr$/, "map").replace(/^ptr_to_/, "");

/** `map_lookup_elem(map, map_key) → map_value_or_null`. */
export function prototypeText(name: string): string {
  const row = HELPERS.find((one) => one.name === name)!;
  return `bpf_${name}(${row.args.map(argument).join(", ")}) → ${row.returns.replace(/^ptr_to_/, "")}`;
}

const helperRows = (names: readonly string[]): string[][] =>
  names.map((name) => {
    const { id, doc, gplOnly } = HELPERS.find((one) => one.name === name)!;
    return [String(id), prototypeText(name), `${doc}${gplOnly ? " (GPL only)" : ""}`];
  });

const calls = (type: (typeof FAMILIAR)[number], name: string): string =>
  PROGRAMS[type].helpers.has(name) ? "yes" : "no";

export const DATA: readonly Topic[] = [
  {
    id: "maps",
    title: "Maps",
    also: ["map", "map types", "hash", "array", "ringbuf", "lru"],
    concepts: ["2.10.38 e"],
    lessons: ["00", "03", "23", "24"],
    blocks: () => [
      text("Maps are memory with keys and values that programs in the kernel and processes outside share."),
      table(
        ["number", "type", "for each CPU", "for"],
        Object.entries(MAP_TYPES).map(([type, number]) => [
          String(number),
          `BPF_MAP_TYPE_${type.toUpperCase()}`,
          isPerCpu(type as MapType) ? "yes" : "",
          MAP_USES[type as MapType],
        ]),
      ),
      heading("Operations of programs"),
      table(["helper", "prototype", "what"], helperRows(["map_lookup_elem", "map_update_elem", "map_delete_elem"])),
      heading("In C, with libbpf"),
      code(
        "c",
        `struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1024);
    __type(key, __u32);
    __type(value, __u64);
} counts SEC(".maps");`,
      ),
      heading("In a cell"),
      code("ts", 'const counts = map.hash({ name: "counts", key: u32, value: u64, maxEntries: 1024 });'),
      correction(
        "bpf_map_lookup_elem reads a value.",
        "In a program it returns the value's address in the map, or NULL: the program reads and writes there, and the verifier insists on the check. A process gets a copy.",
      ),
    ],
  },
  {
    id: "helpers",
    title: "Helper functions",
    also: ["helper", "functions", "kfuncs", "kfunc", "gpl"],
    concepts: ["2.10.38 f"],
    lessons: ["00", "04"],
    blocks: () => [
      text(
        `Helpers are functions of Linux that programs may call: ${HELPERS.length} in Linux 6.18, numbered from 1. Arguments go in r1 to r5, the result comes in r0, and r1 to r5 are gone afterwards.`,
      ),
      heading("The most used"),
      table(["id", "prototype", "what"], helperRows(COMMON)),
      heading("For packets"),
      table(["id", "prototype", "what"], helperRows(NETWORK)),
      heading("Which program type may call what"),
      table(
        ["helper", ...FAMILIAR],
        ["map_lookup_elem", "get_current_comm", "get_stackid", "perf_event_output", ...NETWORK].map((name) => [
          `bpf_${name}`,
          ...FAMILIAR.map((type) => calls(type, name)),
        ]),
      ),
      text(`The verifier's words for a wrong one: ${said("r1 = 1\nr2 = 0\ncall redirect\nr0 = 0\nexit", "kprobe")}`),
      text(
        `${HELPERS.filter(({ gplOnly }) => gplOnly).length} helpers are for programs under a GPL-compatible license only: ${said("call get_current_task\nr0 = 0\nexit", "kprobe", "Proprietary")}`,
      ),
      correction(
        "bpf_probe_read reads kernel memory safely.",
        "Since Linux 5.5 there are bpf_probe_read_kernel and bpf_probe_read_user: on some processors the same number is an address in both worlds, so one function cannot know which is meant. The old one remains for old programs where the two worlds cannot be confused, on x86 for example.",
      ),
      text(
        "Since about 2022 the list of helpers grows no more. What is new are kfuncs: functions of Linux that programs call by their BTF id, without a promise that they stay.",
      ),
      list("`bpftool feature probe` lists which helpers the running Linux knows, by program type."),
    ],
  },
];
