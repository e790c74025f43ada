import type { Span } from "../ast/expression.ts";
import { hintOf, nearest } from "../near-miss.ts";
import { BOOL, INT64, type IntegerSize, integerType, type Space, type Type, UINT32, UINT64 } from "../types/type.ts";
import { analyseStack } from "./functions/stacks.ts";
import { probeWord, report, type Scope } from "./scope.ts";
import type { BuiltinName, Value } from "./typed.ts";

/** A value that is there without being computed. */
interface BuiltinRow {
  readonly name: BuiltinName;
  readonly type: Type;
  readonly doc: string;
}

/** Builtins whose type is always the same; `name()` is the same as `name`. */
export const BUILTINS: readonly BuiltinRow[] = [
  { name: "pid", type: UINT32, doc: "The process." },
  { name: "tid", type: UINT32, doc: "The thread." },
  { name: "uid", type: UINT32, doc: "The user." },
  { name: "gid", type: UINT32, doc: "The group." },
  { name: "cpu", type: UINT32, doc: "The CPU." },
  { name: "comm", type: { kind: "string", size: 16 }, doc: "The name of the thread." },
  { name: "nsecs", type: UINT64, doc: "Nanoseconds since boot." },
  { name: "elapsed", type: UINT64, doc: "Nanoseconds since the program began." },
  { name: "rand", type: UINT32, doc: "A random number." },
  { name: "cgroup", type: UINT64, doc: "The id of the cgroup." },
  { name: "numaid", type: UINT32, doc: "The memory node." },
  { name: "jiffies", type: UINT64, doc: "Ticks of the timer." },
  { name: "ncpus", type: UINT64, doc: "How many CPUs there are." },
  { name: "username", type: { kind: "username" }, doc: "The name of the user." },
];

const ROWS = new Map(BUILTINS.map((row) => [row.name as string, row]));

/** Names that need the probe to be typed, and what they are. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ["args", "What the hook is given, by name."],
  ["cpid", "The process that `-c` started."],
  ["has_cpid", "Whether there is one."],
  ["retval", "What the function returned."],
  ["func", "The function."],
  ["probe", "The probe, as `-l` lists it."],
  ["probetype", "Its kind."],
  ["ctx", "The context as it is; what an iterator has come to."],
  ["curtask", "The `struct task_struct` of the thread."],
  ["kstack", "The functions of Linux that are under way."],
  ["ustack", "Those of the program."],
]);

/** Every builtin with what it is, but `arg0` and its followers. */
export const BUILTIN_DOCS: ReadonlyMap<string, string> = new Map([
  ...BUILTINS.map(({ name, doc }): [string, string] => [name, doc]),
  ...OTHERS,
]);

/** Whether a bare word is a builtin. */
export const isBuiltin = (name: string): boolean => ROWS.has(name) || OTHERS.has(name) || /^s?arg\d+$/.test(name);

/** The value of a builtin; undefined where the word is none. */
export function analyseBuiltin(scope: Scope, name: string, span: Span): Value | undefined {
  const row = ROWS.get(name);
  if (row !== undefined) return { op: "builtin", name: row.name, type: row.type };
  const { provider, target } = scope.point;
  switch (name) {
    case "cpid": {
      const { child } = scope.analysis;
      if (child === undefined) return report(scope, span, "cpid is only there with -c, the workload that is started");
      return { op: "integer", value: BigInt(child), type: UINT32 };
    }
    case "has_cpid":
      return { op: "integer", value: scope.analysis.child === undefined ? 0n : 1n, type: BOOL };
    case "curtask": {
      const task = scope.analysis.types.named("struct", "task_struct", "kernel");
      const type: Type = task === undefined ? UINT64 : { kind: "pointer", to: task, space: "kernel" };
      return { op: "builtin", name: "curtask", type };
    }
    case "probe":
      scope.uses.hook = true;
      return { op: "string", value: scope.point.name, type: { kind: "string", size: scope.point.name.length + 1 } };
    case "probetype": {
      const special = provider.name === "begin" || provider.name === "end";
      const value = special ? "special" : provider.name;
      return { op: "string", value, type: { kind: "string", size: value.length + 1 } };
    }
    case "func": {
      if (!/^(?:k|u)(?:ret)?probe$|^fentry$|^fexit$/.test(provider.name))
        return report(scope, span, `The func builtin can not be used with '${probeWord(scope)}' probes`);
      // Each place has its own program where the name is asked for, so it is known.
      scope.uses.hook = true;
      return { op: "string", value: target, type: { kind: "string", size: target.length + 1 } };
    }
    case "ctx":
      if (provider.name === "iter") {
        const to = scope.analysis.types.named("struct", `bpf_iter__${target}`, "kernel");
        if (to !== undefined) return { op: "builtin", name: "ctx", type: { kind: "pointer", to, space: "kernel" } };
      }
      return { op: "builtin", name: "ctx", type: { kind: "pointer", to: { kind: "void" }, space: "kernel" } };
    case "kstack":
    case "ustack":
      return analyseStack(scope, name, [], span);
    case "retval":
      return resultOf(scope, span);
    case "args":
      return contextOf(scope, span);
  }
  const number = /^(s?)arg(\d+)$/.exec(name);
  if (number === null) return undefined;
  if (!provider.arguments)
    return report(scope, span, `The ${name} builtin can only be used with 'kprobes', 'uprobes' and 'usdt' probes`);
  const index = Number(number[2]);
  if (number[1] === "" && index > 9) return report(scope, span, `${name} is not a valid argument`);
  return { op: "argument", index, type: provider.name === "rawtracepoint" ? UINT64 : INT64 };
}

function resultOf(scope: Scope, span: Span): Value {
  const { provider, target } = scope.point;
  if (!provider.result)
    return report(
      scope,
      span,
      "The retval builtin can only be used with 'kretprobe' and 'uretprobe' and 'kfunc' probes",
    );
  if (provider.name !== "fexit") return { op: "builtin", name: "retval", type: INT64 };
  const { btf } = scope.analysis.source;
  const func = btf.byName(target, "func");
  const proto = func && btf.type(func.type);
  const type = proto?.kind === "func_proto" ? scope.analysis.types.fromBtf(proto.type, "kernel") : INT64;
  return { op: "builtin", name: "retval", type };
}

function contextOf(scope: Scope, span: Span): Value {
  const { provider } = scope.point;
  if (!provider.args)
    return report(
      scope,
      span,
      `The args builtin can only be used with tracepoint/kfunc/uprobeprobes (${provider.name === "begin" || provider.name === "end" ? "special" : provider.name} used here)`,
    );
  scope.uses.hook = true;
  return { op: "context", offset: 0, dataLoc: false, type: { kind: "context" } };
}

/** A field of a tracepoint's record or an argument of a function, by name. */
export function analyseContextField(scope: Scope, name: string, span: Span): Value {
  const { provider, target } = scope.point;
  const { source, types } = scope.analysis;
  if (provider.name === "tracepoint") {
    const fields = source.fields(target) ?? [];
    const field = fields.find((candidate) => candidate.name.replace(/\[.*/, "") === name);
    if (field === undefined) {
      const [category, event] = target.split(":");
      return report(
        scope,
        span,
        `Struct/union of type 'struct _tracepoint_${category}_${event}' does not contain a field named '${name}'`,
        hintOf(
          nearest(
            name,
            fields.map((one) => one.name),
          ),
        ).hint,
      );
    }
    const dataLoc = field.type.startsWith("__data_loc");
    return { op: "context", offset: field.offset, dataLoc, type: recordType(scope, field) };
  }
  const { btf } = source;
  const prefix = provider.name === "rawtracepoint" ? `btf_trace_${target}` : target;
  const proto = prototypeOf(scope, prefix);
  const skip = provider.name === "rawtracepoint" ? 1 : 0;
  const index = proto?.params.findIndex((parameter) => parameter.name === name) ?? -1;
  if (proto === undefined || index < skip) {
    const names = proto?.params.slice(skip).map((parameter) => parameter.name) ?? [];
    return report(scope, span, `Can't find function parameter ${name}`, hintOf(nearest(name, names)).hint);
  }
  const type = types.fromBtf(btf.resolve(proto.params[index]!.type).id, "kernel");
  const scalar: Type = type.kind === "integer" ? type : type.kind === "pointer" ? type : UINT64;
  return { op: "argument", index: index - skip, type: scalar };
}

function prototypeOf(scope: Scope, name: string) {
  const { btf } = scope.analysis.source;
  const found = btf.byName(name, "func") ?? btf.byName(name, "typedef");
  if (found === undefined) return undefined;
  let type = btf.resolve(found.type);
  if (type.kind === "ptr") type = btf.resolve(type.type);
  return type.kind === "func_proto" ? type : undefined;
}

/** The type of a record's field, from its declaration in C. */
function recordType(
  scope: Scope,
  { type, name, size, signed }: { type: string; name: string; size: number; signed: boolean },
): Type {
  const user: Space = scope.point.target.startsWith("syscalls:") ? "user" : "kernel";
  if (type.startsWith("__data_loc")) return { kind: "string", size: scope.analysis.settings.maxStrlen };
  const length = /\[(\d+)\]/.exec(name)?.[1] ?? /\[(\d+)\]/.exec(type)?.[1];
  const base = type
    .replace(/\[\d*\]/, "")
    .replace(/\bconst\b/g, "")
    .replace(/\s+/g, " ")
    .trim();
  if (base.endsWith("*")) {
    const to = pointee(scope, base, user);
    return { kind: "pointer", to, space: user };
  }
  if (length !== undefined && Number(length) > 0) {
    const own = scope.analysis.types.named("", base, "kernel");
    const count = Number(length);
    const width = size / count;
    if (/^(?:unsigned )?char$/.test(base) && base === "char") return { kind: "string", size };
    const of =
      own?.kind === "struct"
        ? own
        : integerType((width === 1 || width === 2 || width === 4 || width === 8 ? width : 1) as IntegerSize, signed);
    return {
      kind: "array",
      of,
      length: of.kind === "struct" ? count : size / (of as { size: number }).size,
      space: "kernel",
    };
  }
  const named = scope.analysis.types.named(
    /^(struct|union|enum) /.test(base) ? (base.split(" ")[0] as "struct") : "",
    base.replace(/^(struct|union|enum) /, ""),
    "kernel",
  );
  if (named?.kind === "struct" && named.layout.size === size) return named;
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8)
    return { kind: "array", of: integerType(1, false), length: size, space: "kernel" };
  const names = named?.kind === "integer" ? named.names : undefined;
  return { kind: "integer", size, signed, ...(names && { names }) };
}

function pointee(scope: Scope, text: string, space: Space): Type {
  const inner = text.slice(0, -1).trim();
  if (inner.endsWith("*")) return { kind: "pointer", to: pointee(scope, inner, space), space };
  const plain = inner
    .replace(/\b(?:__user|const|volatile)\b/g, "")
    .replace(/\s+/g, " ")
    .trim();
  const [, tag = "", name = plain] = /^(struct|union|enum) (\w+)$/.exec(plain) ?? [];
  return scope.analysis.types.named(tag as "" | "struct", name, space) ?? { kind: "void" };
}
