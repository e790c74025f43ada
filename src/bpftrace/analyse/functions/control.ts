import { kfuncByName } from "../../../helpers/kfuncs.ts";
import { kfuncAllowed } from "../../../programs/kfunc-sets.ts";
import { BOOL, INT64, type Type, UINT32, UINT64 } from "../../types/type.ts";
import { kindText } from "../../types/type-text.ts";
import { analyseExpression, integer } from "../expression.ts";
import { checkFormat } from "../format.ts";
import { analyseKey, keyFits, mapOf, mapSize } from "../maps.ts";
import { NOTHING, probeWord, report } from "../scope.ts";
import type { EventRow, Value } from "../typed.ts";
import { type Call, doing, emit, type FunctionRow } from "./row.ts";

function printf(call: Call): Value {
  const format = call.literal(0);
  if (format === undefined) return NOTHING;
  const values: Value[] = [];
  for (let index = 1; index < call.count; index++) {
    const value = call.value(index);
    if (value === undefined) return NOTHING;
    values.push(value);
  }
  const fault = checkFormat(
    call.name,
    format,
    values.map(({ type }) => type),
  );
  if (fault !== undefined) return call.fail(fault);
  return emit(call, { kind: call.name as EventRow["kind"], format }, values);
}

function mapArgument(call: Call, index = 0) {
  const argument = call.written(index);
  if (argument?.kind !== "map") {
    call.fail(`${call.name}() expects a map to be provided`);
    return undefined;
  }
  return { node: argument, map: mapOf(call.scope, argument.name) };
}

function wholeMap(call: Call) {
  const found = mapArgument(call);
  if (found === undefined) return undefined;
  if (found.node.key !== undefined) {
    call.fail(`The map passed to ${call.name}() should not be indexed by a key`);
    return undefined;
  }
  if (found.map.value.kind === "none") {
    report(call.scope, call.span, `Undefined map: @${found.node.name}`);
    return undefined;
  }
  return found.map;
}

function print(call: Call): Value {
  const argument = call.written(0);
  if (argument?.kind === "map" && argument.key === undefined) {
    const map = mapOf(call.scope, argument.name);
    if (map.value.kind === "none") return report(call.scope, call.span, `Undefined map: @${argument.name}`);
    const top = call.count > 1 ? call.literalInteger(1) : undefined;
    const div = call.count > 2 ? call.literalInteger(2) : undefined;
    return emit(call, { kind: "print-map", map, ...(top !== undefined && { top }), ...(div !== undefined && { div }) });
  }
  if (call.count > 1 && argument?.kind === "map")
    return call.fail("The map passed to print() should not be indexed by a key");
  if (call.count > 1) return call.fail(`Non-map print() only takes 1 argument, ${call.count} found`);
  const value = call.value(0);
  if (value === undefined) return NOTHING;
  if (value.type.kind === "aggregate" && value.op === "map")
    return emit(call, { kind: "print-map", map: value.map }, []);
  if (value.type.kind === "context")
    return call.fail(`${kindText(value.type)} type passed to print() is not printable`);
  return emit(call, { kind: "print-value" }, [value]);
}

function remove(call: Call): Value {
  const found = mapArgument(call);
  if (found === undefined) return NOTHING;
  const { node, map } = found;
  if (map.value.kind === "none") return report(call.scope, call.span, `Undefined map: @${node.name}`);
  if (call.count === 1) {
    if (node.key === undefined && (map.key?.length ?? 0) > 0) {
      keyFits(call.scope, map, [], call.span);
      return NOTHING;
    }
    const key = analyseKey(call.scope, node, map);
    return doing({ do: "delete", map, key });
  }
  if (node.key !== undefined) return call.fail("delete() expects a map without a key as first argument");
  return doing({ do: "delete", map, key: keyArgument(call, map) });
}

/** The key that is an argument of its own: `delete(@m, key)`. */
function keyArgument(call: Call, map: NonNullable<ReturnType<typeof wholeMap>>): readonly Value[] {
  const argument = call.written(1);
  if (argument === undefined) return [];
  return analyseKey(call.scope, { kind: "map", name: map.name, key: [argument], span: call.span }, map);
}

function join(call: Call): Value {
  const argv = call.value(0);
  if (argv === undefined) return NOTHING;
  if (argv.type.kind !== "integer" && argv.type.kind !== "pointer")
    return call.fail(`() only supports int or pointer arguments (${kindText(argv.type)} provided)`);
  const delimiter = call.count > 1 ? call.literal(1) : " ";
  if (delimiter === undefined) return NOTHING;
  const [count, length] = [16, 1024];
  const types: Type[] = Array.from({ length: count }, () => ({ kind: "string", size: length }));
  const { events } = call.scope.analysis;
  const event: EventRow = { kind: "join", types, delimiter, index: events.length, span: call.span };
  events.push(event);
  return doing({ do: "join", event, argv, count, length });
}

/** `time`, `cat`, `system`: a format that the reader fills in. */
function formatted(kind: "time" | "cat" | "system") {
  return (call: Call): Value => {
    if (kind === "time" && call.count === 0) return emit(call, { kind, format: "%H:%M:%S\n" });
    const format = call.literal(0);
    if (format === undefined) return NOTHING;
    if (kind === "time") return emit(call, { kind, format });
    const values: Value[] = [];
    for (let index = 1; index < call.count; index++) {
      const value = call.value(index);
      if (value === undefined) return NOTHING;
      values.push(value);
    }
    const fault = checkFormat(
      kind,
      format,
      values.map(({ type }) => type),
    );
    return fault === undefined ? emit(call, { kind, format }, values) : call.fail(fault);
  };
}

export const CONTROL_FUNCTIONS: readonly FunctionRow[] = [
  { name: "printf", args: [1, 100], doc: "Prints values by a format.", analyse: printf },
  { name: "errorf", args: [1, 100], doc: "Prints an error by a format.", analyse: printf },
  { name: "warnf", args: [1, 100], doc: "Prints a warning by a format.", analyse: printf },
  { name: "print", args: [1, 3], doc: "Prints a map or a value.", analyse: print },
  {
    name: "clear",
    args: [1, 1],
    doc: "Removes all elements of a map.",
    analyse: (call) => {
      const map = wholeMap(call);
      return map === undefined ? NOTHING : emit(call, { kind: "clear", map });
    },
  },
  {
    name: "zero",
    args: [1, 1],
    doc: "Sets all elements of a map to zero.",
    analyse: (call) => {
      const map = wholeMap(call);
      return map === undefined ? NOTHING : emit(call, { kind: "zero", map });
    },
  },
  { name: "delete", args: [1, 2], doc: "Removes an element of a map.", analyse: remove },
  {
    name: "has_key",
    args: [2, 2],
    doc: "Whether a map has an element.",
    analyse: (call) => {
      const map = wholeMap(call);
      if (map === undefined) return NOTHING;
      return {
        op: "has-key",
        map,
        key: keyArgument(call, map),
        type: { kind: "integer", size: 1, signed: false, bool: true },
      };
    },
  },
  {
    name: "len",
    args: [1, 1],
    doc: "How many elements a map has, or frames a stack.",
    analyse: (call) => {
      const argument = call.written(0);
      if (argument?.kind === "map" && argument.key === undefined) {
        const map = wholeMap(call);
        return map === undefined ? NOTHING : mapSize(map);
      }
      const value = call.value(0);
      if (value === undefined) return NOTHING;
      if (value.type.kind === "stack") return { op: "part", object: value, offset: 0, bits: undefined, type: INT64 };
      return call.fail(`len() expects a map or stack to be provided`);
    },
  },
  {
    name: "exit",
    args: [0, 1],
    doc: "Ends the program.",
    analyse: (call) => {
      const code = call.count === 0 ? undefined : call.integer(0);
      if (call.count > 0 && code === undefined) return NOTHING;
      const left = emit(call, { kind: "exit" }, [code ?? integer(0n)]);
      return left.op === "block" ? doing(...left.actions, { do: "return" }) : left;
    },
  },
  { name: "time", args: [0, 1], doc: "Prints the time.", analyse: formatted("time") },
  {
    name: "unwatch",
    args: [1, 1],
    doc: "Ends watchpoints of an address.",
    analyse: (call) => {
      const value = call.integer(0);
      return value === undefined ? NOTHING : emit(call, { kind: "unwatch" }, [value]);
    },
  },
  { name: "cat", args: [1, 100], doc: "Prints a file.", analyse: formatted("cat") },
  { name: "system", args: [1, 100], unsafe: true, doc: "Runs a command.", analyse: formatted("system") },
  { name: "join", args: [1, 2], doc: "Prints the words of an array of pointers.", analyse: join },
  {
    name: "strftime",
    args: [2, 2],
    doc: "A time by a format.",
    analyse: (call) => {
      const format = call.literal(0);
      const time = call.integer(1);
      if (format === undefined || time === undefined) return NOTHING;
      const { formats } = call.scope.analysis;
      if (!formats.includes(format)) formats.push(format);
      return { op: "timestamp", time, format: formats.indexOf(format), type: { kind: "timestamp" } };
    },
  },
  {
    name: "nsecs",
    args: [0, 1],
    doc: "Nanoseconds of a clock.",
    analyse: (call) => {
      const clock = call.written(0);
      const name = clock?.kind === "identifier" ? clock.name : "boot";
      if (!["monotonic", "boot", "tai", "sw_tai"].includes(name)) return call.fail(`Invalid timestamp mode: ${name}`);
      return { op: "builtin", name: name.endsWith("tai") ? "nsecs_tai" : "nsecs", type: UINT64 };
    },
  },
  ...(
    [
      ["signal", "send_signal", "process"],
      ["signal_thread", "send_signal_thread", "thread"],
    ] as const
  ).map(
    ([name, helper, whom]): FunctionRow => ({
      name,
      args: [1, 1],
      unsafe: true,
      doc: `Sends a signal to the ${whom}.`,
      analyse: (call) => {
        const { provider } = call.scope.point;
        if (provider.program === "raw_tracepoint" && provider.name !== "rawtracepoint")
          call.fail(`${name} can not be used with "${probeWord(call.scope)}" probes`);
        const argument = call.written(0);
        if (argument?.kind === "string") {
          const number = SIGNALS.indexOf(argument.value.replace(/^SIG/, ""));
          if (number <= 0) return call.fail(`${argument.value} is not a valid signal`);
          return doing({ do: "call", helper, values: [integer(BigInt(number))] });
        }
        const value = call.integer(0);
        return value === undefined ? NOTHING : doing({ do: "call", helper, values: [value] });
      },
    }),
  ),
  {
    name: "override",
    args: [1, 1],
    unsafe: true,
    doc: "Makes the function return this, without running.",
    analyse: (call) => {
      if (call.scope.point.provider.name !== "kprobe") return call.fail("override can only be used with kprobes.");
      const value = call.integer(0);
      return value === undefined ? NOTHING : doing({ do: "call", helper: "override_return", values: [value] });
    },
  },
  {
    name: "reg",
    args: [1, 1],
    doc: "A register.",
    analyse: (call) => {
      const { provider } = call.scope.point;
      const name = call.literal(0);
      if (name === undefined) return NOTHING;
      if (
        provider.program !== "kprobe" &&
        provider.name !== "profile" &&
        provider.name !== "software" &&
        provider.name !== "hardware"
      )
        return call.fail(`reg can not be used with "${probeWord(call.scope)}" probes`);
      const offset = REGISTERS.indexOf(name);
      if (offset < 0) return call.fail(`'${name}' is not a valid register on this architecture (x86_64)`);
      return { op: "register", offset: 8 * offset, type: UINT64 };
    },
  },
  {
    name: "static_assert",
    args: [1, 2],
    doc: "A fault of the program unless something holds.",
    analyse: (call) => {
      const value = call.value(0);
      const why = call.count > 1 ? (call.literal(1) ?? "") : "";
      if (value === undefined) return NOTHING;
      if (value.op !== "integer")
        return call.fail("static_assert() condition must be known when the program is compiled");
      return value.value !== 0n ? doing() : call.fail(why === "" ? "static assertion failed" : why);
    },
  },
  {
    name: "kfunc_exist",
    args: [1, 1],
    doc: "Whether Linux has a function; known when the program is compiled.",
    analyse: (call) => {
      const name = call.literal(0);
      const { btf } = call.scope.analysis.source;
      return name === undefined ? NOTHING : integer(btf.byName(name, "func") === undefined ? 0n : 1n, BOOL);
    },
  },
  {
    name: "kfunc_allowed",
    args: [1, 1],
    doc: "Whether programs of this probe may call a function of Linux; known when the program is compiled.",
    analyse: (call) => {
      const name = call.literal(0);
      if (name === undefined) return NOTHING;
      const row = kfuncByName(name);
      return integer(row !== undefined && kfuncAllowed(row, call.scope.point.provider.program) ? 1n : 0n, BOOL);
    },
  },
  ...(["pid", "tid"] as const).map(
    (name): FunctionRow => ({
      name,
      args: [0, 1],
      doc: `The ${name === "pid" ? "process" : "thread"}, as a namespace of pids numbers it: the machine has one.`,
      analyse: (call) => {
        const space = call.written(0);
        if (space?.kind !== "identifier" || !["curr_ns", "init"].includes(space.name))
          return call.fail(
            `Invalid PID namespace mode: ${space?.kind === "identifier" ? space.name : "expression"} (expects: curr_ns or init)`,
          );
        return { op: "builtin", name, type: UINT32 };
      },
    }),
  ),
  {
    name: "default_str_length",
    args: [0, 0],
    doc: "How long texts may be: `max_strlen`.",
    analyse: (call) => integer(BigInt(call.scope.analysis.settings.maxStrlen), UINT64),
  },
  {
    name: "fail",
    args: [1, 100],
    doc: "A fault of the program.",
    analyse: (call) => call.fail(call.literal(0) ?? "fail"),
  },
  ...(
    [
      ["is_str", (type) => type.kind === "string"],
      ["is_integer", (type) => type.kind === "integer"],
      ["is_unsigned_integer", (type) => type.kind === "integer" && !type.signed],
      ["is_ptr", (type) => type.kind === "pointer"],
      ["is_array", (type) => type.kind === "array"],
    ] as const satisfies readonly (readonly [string, (type: Type) => boolean])[]
  ).map(
    ([name, holds]): FunctionRow => ({
      name,
      args: [1, 1],
      doc: "Whether a value is of a kind; known when the program is compiled.",
      analyse: (call) => {
        const value = call.value(0);
        if (value === undefined) return NOTHING;
        return {
          op: "integer",
          value: holds(value.type) ? 1n : 0n,
          type: { kind: "integer", size: 1, signed: false, bool: true },
        };
      },
    }),
  ),
  {
    name: "is_literal",
    args: [1, 1],
    doc: "Whether a value is written in the program.",
    analyse: (call) => {
      const kind = call.written(0)?.kind;
      const literal = kind === "integer" || kind === "string" || kind === "boolean";
      return { op: "integer", value: literal ? 1n : 0n, type: { kind: "integer", size: 1, signed: false, bool: true } };
    },
  },
  ...(["kptr", "uptr"] as const).map(
    (name): FunctionRow => ({
      name,
      args: [1, 1],
      doc: `The pointer, into memory of ${name === "kptr" ? "Linux" : "the program"}.`,
      analyse: (call) => {
        const value = call.integer(0, true);
        if (value === undefined) return NOTHING;
        const to: Type = value.type.kind === "pointer" ? value.type.to : { kind: "void" };
        return {
          op: "convert",
          operand: value,
          type: { kind: "pointer", to, space: name === "kptr" ? "kernel" : "user" },
        };
      },
    }),
  ),
  {
    name: "getopt",
    args: [1, 3],
    doc: "A named parameter.",
    analyse: (call) => {
      const name = call.literal(0);
      if (name === undefined) return NOTHING;
      const given = call.scope.analysis.options[name];
      const second = call.written(1);
      const usual = second === undefined || call.count < 2 ? undefined : analyseExpression(call.scope, second);
      if (usual === undefined || (usual.op === "integer" && usual.type.kind === "integer" && usual.type.bool)) {
        const value = given === undefined ? (usual?.op === "integer" ? usual.value : 0n) : given === "false" ? 0n : 1n;
        return { op: "integer", value, type: { kind: "integer", size: 1, signed: false, bool: true } };
      }
      if (usual.op === "string")
        return given === undefined
          ? usual
          : { op: "string", value: given, type: { kind: "string", size: given.length + 1 } };
      if (usual.op !== "integer") return call.fail("getopt() expects a literal as second argument");
      if (given === undefined) return usual;
      return /^-?\d+$/.test(given) ? integer(BigInt(given)) : call.fail(`Invalid value for '${name}': ${given}`);
    },
  },
];

const SIGNALS =
  "0 HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS".split(
    " ",
  );

/** `struct pt_regs` of x86-64, in order. */
const REGISTERS = "r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_rax ip cs flags sp ss".split(" ");
