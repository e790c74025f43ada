import { tracepoint } from "../../linux/tracepoints.ts";
import { BccError } from "./error.ts";
import { callArguments, lineOf, replaceCode } from "./scan.ts";

/** A function of a bcc program that Linux runs. */
export interface Entry {
  readonly name: string;
  /** Where it is attached by itself; empty: where its user says. */
  readonly hook: string;
}

/** The record of a tracepoint as a struct, from the format that Linux tells. */
function record(category: string, event: string, line: number): string {
  const row = tracepoint(`${category}:${event}`);
  if (row === undefined) throw new BccError("SOURCE", `there is no tracepoint ${category}:${event}`, line);
  let at = 8;
  const members = ["u64 common_header;"];
  for (const { type, name, offset, size } of row.fields.slice(4)) {
    if (offset > at) members.push(`char pad_${at}[${offset - at}];`);
    const [, plain = name, length] = /^(\w+)(?:\[(\w*)\])?$/.exec(name) ?? [];
    members.push(
      type.startsWith("__data_loc") || type.startsWith("__rel_loc")
        ? `u32 data_loc_${plain};`
        : member(type, plain, length, size),
    );
    at = offset + size;
  }
  return `struct tracepoint__${category}__${event} { ${members.join(" ")} };`;
}

/** Types of arguments of system calls take eight bytes, whatever they are. */
function member(type: string, name: string, length: string | undefined, size: number): string {
  if (length !== undefined && length !== "") {
    const of = type.replace(/\[.*$/, "").trim();
    return `${/^(?:__u8|u8|unsigned char)/.test(of) ? "u8" : /^char/.test(of) ? "char" : "u8"} ${name}[${size}];`;
  }
  if (type.includes("*")) return `${/\bchar\b/.test(type) ? "const char *" : "void *"}${name};`;
  const signed = /^(?:int|long|short|s\d|pid_t|char|ssize_t|loff_t)\b/.test(type);
  return `${signed ? "s" : "u"}${size === 1 || size === 2 || size === 4 ? size * 8 : 64} ${name};`;
}

/** Contexts by which a function's kind of program is known. */
const CONTEXTS: readonly (readonly [pattern: RegExp, section: string])[] = [
  [/struct\s+pt_regs\s*\*/, "kprobe"],
  [/struct\s+bpf_perf_event_data\s*\*/, "perf_event"],
  [/struct\s+xdp_md\s*\*/, "xdp"],
  [/struct\s+__sk_buff\s*\*/, "socket"],
  [/struct\s+bpf_raw_tracepoint_args\s*\*/, "raw_tracepoint"],
];

/** The name of a function whose name ends in what it is attached to. */
const own = (name: string): { readonly section: string; readonly hook: string } | undefined => {
  const [, kind, target = ""] = /^(kprobe|kretprobe)__(\w+)$/.exec(name) ?? [];
  if (kind === undefined) return undefined;
  const hook = target.startsWith("sys_") ? `__x64_${target}` : target;
  return { section: `${kind}/${hook}`, hook: `${kind}:${hook}` };
};

/** Functions that Linux runs get their sections; further parameters of functions on kprobes come from registers. */
export function rewriteProbes(text: string): {
  readonly text: string;
  readonly entries: readonly Entry[];
  readonly types: string;
} {
  const entries: Entry[] = [];
  const types: string[] = [];
  let made = replaceCode(text, /\b(RAW_)?TRACEPOINT_PROBE\s*\(/, (found) => {
    const { words, end } = callArguments(text, found.index + found[0].length - 1);
    if (found[1] !== undefined) {
      const [event = ""] = words;
      entries.push({ name: `raw_tracepoint__${event}`, hook: `rawtracepoint:${event}` });
      return {
        text: `SEC("raw_tracepoint/${event}") int raw_tracepoint__${event}(struct bpf_raw_tracepoint_args *ctx)`,
        end,
      };
    }
    const [category = "", event = ""] = words;
    const name = `tracepoint__${category}__${event}`;
    if (!types.some((type) => type.includes(`${name} {`)))
      types.push(record(category, event, lineOf(text, found.index)));
    entries.push({ name, hook: `tracepoint:${category}:${event}` });
    return { text: `SEC("tracepoint/${category}/${event}") int ${name}(struct ${name} *args)`, end };
  });
  const before = made;
  made = replaceCode(
    before,
    /(?:^|(?<=[;}\n]))([ \t]*)((?:static\s+|inline\s+|__always_inline\s+)*)(int|void)\s+(\w+)\s*\(/m,
    (found) => {
      const [, space = "", qualifiers = "", result = "int", name = ""] = found;
      const open = found.index + found[0].length - 1;
      const { words, end } = callArguments(before, open);
      const brace = /^\s*\{/.exec(before.slice(end));
      if (brace === null || qualifiers.includes("static") || entries.some((entry) => entry.name === name))
        return undefined;
      const context = CONTEXTS.find(([pattern]) => pattern.test(words[0] ?? ""));
      if (context === undefined) return undefined;
      const attached = own(name);
      entries.push({ name, hook: attached?.hook ?? "" });
      const fetched = words.slice(1).map((parameter, index) => {
        const [, type = "", variable = ""] = /^([\s\S]*?)(\w+)$/.exec(parameter) ?? [];
        return ` ${parameter} = (${type.trim()})PT_REGS_PARM${index + 1}(${/(\w+)\s*$/.exec(words[0]!)![1]}); (void)${variable};`;
      });
      // A void function's result would be what is left in the register.
      const sort = result === "void" ? "int" : result;
      return {
        text: `${space}SEC("${attached?.section ?? context[1]}") ${sort} ${name}(${words[0]}) {${fetched.join("")}`,
        end: end + brace[0].length,
      };
    },
  );
  return { text: made, entries, types: types.join(" ") };
}
