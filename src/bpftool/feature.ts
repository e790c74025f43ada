import { HELPER_NAMES } from "../helpers/names.ts";
import { kconfigOf } from "../linux/kconfig.ts";
import { ATTACH_TYPES } from "../programs/attach-types.ts";
import { PROGRAMS } from "../programs/table.ts";
import { PROGRAM_TYPES, type ProgramType } from "../programs/types.ts";
import type { Arguments } from "./arguments.ts";
import { BpftoolError, usageError } from "./error.ts";
import { type Json, object } from "./json.ts";
import { TYPE_NAMES } from "./map/create.ts";
import type { Reply, Subcommand, Tool } from "./tool.ts";

/** Settings of Linux that bpftool asks for, in its order. */
const CONFIGS = (
  "BPF BPF_SYSCALL HAVE_EBPF_JIT BPF_JIT BPF_JIT_ALWAYS_ON DEBUG_INFO_BTF DEBUG_INFO_BTF_MODULES CGROUPS CGROUP_BPF " +
  "CGROUP_NET_CLASSID SOCK_CGROUP_DATA BPF_EVENTS KPROBE_EVENTS UPROBE_EVENTS TRACING FTRACE_SYSCALLS " +
  "FUNCTION_ERROR_INJECTION BPF_KPROBE_OVERRIDE NET XDP_SOCKETS LWTUNNEL_BPF NET_ACT_BPF NET_CLS_BPF NET_CLS_ACT " +
  "NET_SCH_INGRESS XFRM IP_ROUTE_CLASSID IPV6_SEG6_BPF BPF_LIRC_MODE2 BPF_STREAM_PARSER NETFILTER_XT_MATCH_BPF BPFILTER " +
  "BPFILTER_UMH TEST_BPF HZ"
)
  .split(" ")
  .map((name) => `CONFIG_${name}`);

const LINK_TYPES = [
  ...["unspec", "raw_tracepoint", "tracing", "cgroup", "iter", "netns", "xdp", "perf_event", "kprobe_multi"],
  ...["struct_ops", "netfilter", "tcx", "uprobe_multi", "netkit", "sockmap"],
];

const programTypes = (Object.keys(PROGRAM_TYPES) as ProgramType[]).filter((type) => type !== "raw");

/** Lists of names for `feature list_builtins`. */
const BUILTINS: Readonly<Record<string, () => readonly string[]>> = {
  prog_types: () => ["unspec", ...programTypes],
  map_types: () => ["unspec", ...TYPE_NAMES.map(([name]) => name)],
  attach_types: () => Object.keys(ATTACH_TYPES),
  link_types: () => LINK_TYPES,
  helpers: () => ["bpf_unspec", ...HELPER_NAMES.map((name) => `bpf_${name}`)],
};

function listBuiltins(_tool: Tool, args: Arguments): Reply {
  if (args.left !== 1) throw usageError("feature");
  const word = args.next();
  const found = Object.keys(BUILTINS).find((name) => word !== "" && name.startsWith(word));
  if (found === undefined)
    throw new BpftoolError(
      `expected 'prog_types', 'map_types', 'attach_types', 'link_types' or 'helpers', got: ${word}`,
    );
  const names = BUILTINS[found]!();
  return { text: names.map((name) => `${name}\n`).join(""), json: names };
}

/** One thing that is asked for: what the line says, and its member in JSON. */
interface Fact {
  readonly text: string;
  readonly member: readonly [string, Json];
  /** For `macros`: a name, where it is there. */
  readonly macro?: string;
}

interface Section {
  readonly title: string;
  readonly comment: string;
  readonly member: string;
  readonly facts: readonly Fact[];
}

/** The machine's settings below /proc/sys/net/core, read as bpftool reads them. */
function settings(tool: Tool): readonly Fact[] {
  const { files } = tool.machine.linux;
  const value = (path: string): number => Number(new TextDecoder().decode(files.bytes(`/proc/sys/${path}`)).trim());
  const words = (path: string, name: string, texts: readonly string[]): Fact => {
    const number = value(path);
    return { text: texts[number] ?? `${name} is ${number}`, member: [name, number] };
  };
  const limit = value("net/core/bpf_jit_limit");
  return [
    words("kernel/unprivileged_bpf_disabled", "unprivileged_bpf_disabled", [
      "bpf() syscall for unprivileged users is enabled",
      "bpf() syscall restricted to privileged users (without recovery)",
      "bpf() syscall restricted to privileged users (admin can change)",
    ]),
    words("net/core/bpf_jit_enable", "bpf_jit_enable", [
      "JIT compiler is disabled",
      "JIT compiler is enabled",
      "JIT compiler is enabled with debugging traces in kernel logs",
    ]),
    words("net/core/bpf_jit_harden", "bpf_jit_harden", [
      "JIT compiler hardening is disabled",
      "JIT compiler hardening is enabled for unprivileged users",
      "JIT compiler hardening is enabled for all users",
    ]),
    words("net/core/bpf_jit_kallsyms", "bpf_jit_kallsyms", [
      "JIT compiler kallsyms exports are disabled",
      "JIT compiler kallsyms exports are enabled for root",
    ]),
    {
      text: `Global memory limit for JIT compiler for unprivileged users is ${limit} bytes`,
      member: ["bpf_jit_limit", limit],
    },
  ];
}

function configFacts(tool: Tool): readonly Fact[] {
  const config = kconfigOf(tool.machine.linux.release);
  return CONFIGS.map((name): Fact => {
    const value = config[name];
    return {
      text: `${name} is ${value === undefined ? "not set" : `set to ${value}`}`,
      member: [name, value ?? null],
      ...(value === undefined ? {} : { macro: name.replace("CONFIG_", "HAVE_CONFIG_") }),
    };
  });
}

const available = (what: string, member: string, there = true): Fact => ({
  text: `${what} is ${there ? "" : "NOT "}available`,
  member: [member, there],
  ...(there ? { macro: member.toUpperCase() } : {}),
});

function sections(tool: Tool): readonly Section[] {
  return [
    {
      ...{ title: "Scanning system configuration...", comment: "", member: "system_config" },
      facts: [...settings(tool), ...configFacts(tool)],
    },
    {
      ...{
        title: "Scanning system call availability...",
        comment: "System call availability",
        member: "syscall_config",
      },
      facts: [available("bpf() syscall", "have_bpf_syscall")],
    },
    {
      ...{ title: "Scanning eBPF program types...", comment: "eBPF program types", member: "program_types" },
      facts: programTypes.map((type) => available(`eBPF program_type ${type}`, `have_${type}_prog_type`)),
    },
    {
      ...{ title: "Scanning eBPF map types...", comment: "eBPF map types", member: "map_types" },
      facts: TYPE_NAMES.map(([name]) => available(`eBPF map_type ${name}`, `have_${name}_map_type`)),
    },
  ];
}

const MISC: readonly Fact[] = [
  available("Large program size limit", "have_large_insn_limit"),
  available("Bounded loop support", "have_bounded_loops"),
  available("ISA extension v2", "have_v2_isa_extension"),
  available("ISA extension v3", "have_v3_isa_extension"),
];

/** Helpers that Linux lets a program type call, in the order of their numbers; bpftool leaves some out unless it is asked for `full`. */
function helpersOf(type: ProgramType, full: boolean): readonly string[] {
  const allowed = PROGRAMS[type].helpers;
  const names = HELPER_NAMES.filter((name) => allowed.has(name) || allowed.has(`bpf_${name}`));
  return (
    full
      ? names
      : names.filter((name) => name !== "trace_printk" && name !== "trace_vprintk" && name !== "probe_write_user")
  ).map((name) => `bpf_${name}`);
}

/** `bpftool feature probe [kernel] [full] [unprivileged] [macros [prefix PREFIX]]`. */
function probe(tool: Tool, args: Arguments): Reply {
  let [full, macros, prefix] = [false, false, ""];
  while (args.left > 0) {
    if (args.take("kernel")) continue;
    if (args.is("dev")) throw new BpftoolError("devices of this machine cannot be probed");
    if (args.take("full")) full = true;
    else if (args.is("unprivileged"))
      throw new BpftoolError("unprivileged run not supported, recompile bpftool with libcap");
    else if (args.take("macros")) macros = true;
    else if (args.take("prefix")) {
      if (!macros) throw new BpftoolError("'prefix' argument can only be use after 'macros'");
      prefix = args.value();
    } else
      throw new BpftoolError(`expected no more arguments, 'kernel', 'dev', 'macros' or 'prefix', got: '${args.word}'?`);
  }
  if (macros && tool.options.json) throw new BpftoolError("macros cannot be printed as JSON");
  const found = sections(tool);
  const helpers = programTypes.map((type) => [type, helpersOf(type, full)] as const);
  if (macros) return { text: macroText(found, helpers, prefix) };
  const text = [
    ...found.map(({ title, facts }) => `${title}\n${facts.map((fact) => `${fact.text}\n`).join("")}`),
    `Scanning eBPF helper functions...\n${helpers
      .map(([type, names]) => {
        const list = names.map((name) => `\n\t- ${name}`).join("");
        return `eBPF helpers supported for program type ${type}:${list}\n`;
      })
      .join("")}`,
    `Scanning miscellaneous eBPF features...\n${MISC.map((fact) => `${fact.text}\n`).join("")}`,
  ].join("\n");
  const json = object(
    ...found.map(({ member, facts }) => [member, object(...facts.map((fact) => fact.member))] as const),
    ["helpers", object(...helpers.map(([type, names]) => [`${type}_available_helpers`, names] as const))],
    ["misc", object(...MISC.map((fact) => fact.member))],
  );
  return { text: `${text}\n`, json };
}

function macroText(
  found: readonly Section[],
  helpers: readonly (readonly [string, readonly string[]])[],
  prefix: string,
): string {
  const define = (facts: readonly Fact[]): string =>
    facts
      .map(({ macro, member }) =>
        macro === undefined
          ? `#define ${prefix}NO_${member[0].replace(/^have_/, "").toUpperCase()}\n`
          : `#define ${prefix}${macro}\n`,
      )
      .join("");
  const all = found
    .filter(({ comment }) => comment !== "")
    .map(({ comment, facts }) => `/*** ${comment} ***/\n${define(facts)}`);
  const calls = helpers.flatMap(([type, names]) =>
    names.map((name) => `#define ${prefix}${type.toUpperCase()}__HELPER_${name} 1\n`),
  );
  return [
    ...all,
    `/*** eBPF helper functions ***/\n/*\n * Use HAVE_PROG_TYPE_HELPER(prog_type_name, helper_name) to determine if <helper_name> is available for <prog_type_name>\n */\n${calls.join("")}`,
    `/*** eBPF misc features ***/\n${define(MISC)}`,
  ].join("\n");
}

/** `bpftool feature ...`. */
export const FEATURE_COMMANDS: readonly Subcommand[] = [
  { name: "probe", run: probe },
  { name: "list_builtins", run: listBuiltins },
];
