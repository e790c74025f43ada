import type { Btf } from "../../btf/btf.ts";
import { CWriter } from "../../btf/c/declaration.ts";
import { CNames } from "../../btf/c/names.ts";
import { providerOf } from "./providers.ts";
import { wildcard } from "./resolve.ts";
import type { ProbeSource } from "./source.ts";

/** Kinds that a search without a kind lists; those left out have the same places as another. */
const LISTED: ReadonlySet<string> = new Set([
  ...["fentry", "fexit", "hardware", "interval", "iter", "kprobe", "profile", "rawtracepoint", "software"],
  ...["tracepoint", "usdt"],
]);

/** A search for types rather than places: `struct task_struct`. */
export const isTypeSearch = (search: string): boolean => /^(?:struct|union|enum) /.test(search);

/**
 * Names of a machine's hooks that fit a pattern, as `bpftrace -l` lists them; sorted. A pattern without a kind of probe is
 * looked for in all kinds.
 *
 * @example
 * listProbes(source, "tracepoint:syscalls:sys_enter_open*") // ["tracepoint:syscalls:sys_enter_open", ...]
 */
export function listProbes(source: ProbeSource, search = "*"): readonly string[] {
  const colon = search.indexOf(":");
  const kind = colon < 0 ? "*" : search.slice(0, colon);
  const provider = /[*?[]/.test(kind) ? undefined : (providerOf(kind)?.name ?? kind);
  const kinds = wildcard(provider ?? kind);
  const rest = colon < 0 ? search : search.slice(colon + 1);
  const inProgram = provider === "uprobe" || provider === "uretprobe" || provider === "usdt";
  const [file = "", ...names] = rest.split(":");
  const places = wildcard(inProgram ? [source.program(file), ...names].join(":") : rest);
  const hooks = [...source.hooks(), ...(provider === "uretprobe" ? returns(source) : [])];
  const found = hooks.filter((hook) => {
    const at = hook.indexOf(":");
    const own = hook.slice(0, at);
    return (
      (provider === undefined ? LISTED.has(own) : own === provider) &&
      kinds.test(own) &&
      places.test(hook.slice(at + 1))
    );
  });
  return [...new Set(found)].sort();
}

const returns = (source: ProbeSource): string[] =>
  source.hooks().flatMap((hook) => (hook.startsWith("uprobe:") ? [hook.replace("uprobe:", "uretprobe:")] : []));

/**
 * What a program at a place can read of its event, a line each, as `bpftrace -lv` lists it below the name.
 *
 * @example
 * probeFields(source, "tracepoint:syscalls:sys_enter_open")[1] // "    const char * filename"
 */
export function probeFields(source: ProbeSource, hook: string): readonly string[] {
  const [kind = "", ...parts] = hook.split(":");
  switch (kind) {
    case "tracepoint":
      return (source.fields(parts.join(":")) ?? [])
        .filter(({ name }) => !name.startsWith("common_"))
        .map(({ type, name }) => `    ${type} ${name}`);
    case "fentry":
    case "fexit":
      return functionFields(source.btf, parts.at(-1)!, kind === "fexit");
    case "rawtracepoint":
      return rawFields(source.btf, parts.at(-1)!);
    default:
      return [];
  }
}

function functionFields(btf: Btf, name: string, returns: boolean): string[] {
  const func = btf.byName(name, "func");
  const proto = func && btf.type(func.type);
  if (proto?.kind !== "func_proto") return [];
  const writer = new CWriter(btf, new CNames(btf));
  const lines = proto.params.map((parameter) => `    ${writer.declare(parameter.type, "")} ${parameter.name}`);
  return returns && proto.type !== 0 ? [...lines, `    ${writer.declare(proto.type, "")} retval`] : lines;
}

function rawFields(btf: Btf, name: string): string[] {
  const typedef = btf.byName(`btf_trace_${name}`, "typedef");
  if (typedef === undefined) return [];
  let type = btf.resolve(typedef.type);
  if (type.kind === "ptr") type = btf.resolve(type.type);
  if (type.kind !== "func_proto") return [];
  const writer = new CWriter(btf, new CNames(btf));
  return type.params.slice(1).map((parameter) => `    ${writer.declare(parameter.type, "")} ${parameter.name}`);
}

/**
 * Types that a search such as `struct page_*` names: their names, or with `verbose` their definitions in C.
 *
 * @example
 * listTypes(machineBtf("6.18"), "struct iovec", true)
 */
export function listTypes(btf: Btf, search: string, verbose: boolean): readonly string[] {
  const [, tag = "", pattern = ""] = /^(struct|union|enum) +(.*)$/.exec(search) ?? [];
  const matcher = wildcard(pattern);
  const found: number[] = [];
  for (let id = 1; id < btf.count; id++) {
    const type = btf.type(id);
    const kind = type.kind === "enum64" ? "enum" : type.kind;
    if (kind === tag && type.name !== "" && matcher.test(type.name)) found.push(id);
  }
  const writer = new CWriter(btf, new CNames(btf));
  return found.map((id) => (verbose ? `${writer.define(id)};\n` : writer.tag(id)));
}
