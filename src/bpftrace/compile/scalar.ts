import { r0, r1, r2, r3, r4, r6, r7, store } from "../../asm/builder.ts";
import type { Arithmetic, BuiltinName, Value } from "../analyse/typed.ts";
import { isScalar, sizeOfType, type Type } from "../types/type.ts";
import { compileActions } from "./action.ts";
import { compareBytes, stringIndex } from "./bytes.ts";
import { jumpIf } from "./condition.ts";
import { behind, type Emitter, memoryType } from "./emitter.ts";
import { aggregateValue, lookup } from "./map-access.ts";
import { mapSize } from "./map-loop.ts";
import { FIRST_MAP } from "./maps.ts";
import { materialize, placeOf } from "./memory.ts";

/** Offsets of a function's arguments in `struct pt_regs`. */
const ARGUMENTS = [112, 104, 96, 88, 72, 64];
const RESULT = 80;
const STACK_POINTER = 152;

/** Leaves a value that fits a register in r0. Uses r0 to r5, and r7 where a map is looked up. */
export function scalar(e: Emitter, value: Value): void {
  switch (value.op) {
    case "integer":
      e.constant(r0, value.value);
      return;
    case "builtin":
      builtin(e, value.name);
      return;
    case "argument":
      argument(e, value.index, value.type);
      return;
    case "register":
      e.emit(r0.load("u64", r6, value.offset));
      return;
    case "variable":
      e.load(r0, e.variable(value.variable), value.variable.type);
      return;
    case "map": {
      e.temporarily(() => lookup(e, value.map, value.key));
      const missing = e.newLabel();
      e.emit(r0.jeq(0, missing), r0.load(memoryType(value.map.value), r0, 0));
      e.label(missing);
      return;
    }
    case "aggregate":
      aggregateValue(e, value.map, value.key);
      return;
    case "has-key": {
      e.temporarily(() => lookup(e, value.map, value.key));
      truth(e);
      return;
    }
    case "map-size":
      mapSize(e, value.map);
      return;
    case "arithmetic":
      arithmetic(e, value);
      return;
    case "compare":
    case "equal-bytes":
    case "logical":
    case "not":
    case "strcontains": {
      const no = e.newLabel();
      const end = e.newLabel();
      jumpIf(e, value, no, false);
      e.emit(r0.mov(1));
      e.jump(end);
      e.label(no);
      e.emit(r0.mov(0));
      e.label(end);
      return;
    }
    case "negate":
      scalar(e, value.operand);
      e.emit(r0.neg());
      return;
    case "complement":
      scalar(e, value.operand);
      e.emit(r0.xor(-1));
      return;
    case "convert":
      scalar(e, value.operand);
      narrow(e, value.type, value.operand.type);
      return;
    case "choose":
      choose(e, value, (branch) => scalar(e, branch));
      return;
    case "step":
      step(e, value);
      return;
    case "place":
      place(e, value);
      return;
    case "address":
      if (value.of.op !== "place") throw e.fault("only what lies in memory has an address");
      scalar(e, value.of.address);
      if (value.of.offset !== 0) e.emit(r0.add(value.of.offset));
      return;
    case "context":
      e.emit(r0.load(memoryType(value.type), r6, value.offset));
      // Linux does not know that what was there before is there still.
      if (e.probe.provider === "iter" && value.type.kind === "pointer") e.emit(r0.jeq(0, e.leave));
      return;
    case "part":
      e.temporarily(() => {
        const at = behind(placeOf(e, value.object), value.offset);
        if (value.bits === undefined) return e.load(r0, at, value.type);
        e.load(r0, at, { kind: "integer", size: 1, signed: false });
        if (value.bits.offset + value.bits.size > 8) {
          const size = sizeOfType(value.type) as 1 | 2 | 4 | 8;
          e.load(r0, at, { kind: "integer", size, signed: false });
        }
        bitfield(e, value.bits, value.type);
      });
      return;
    case "element":
      e.temporarily(() => element(e, value));
      return;
    case "block":
      compileActions(e, value.actions);
      scalar(e, value.value);
      return;
    case "swap": {
      scalar(e, value.operand);
      const bits = sizeOfType(value.type) * 8;
      if (bits > 8) e.emit(r0.swap("bswap", bits as 16 | 32 | 64));
      return;
    }
    case "string-length":
      stringLength(e, value);
      return;
    case "string-index":
      stringIndex(e, value);
      return;
    case "compare-bytes":
      compareBytes(e, value);
      return;
    case "helper":
      scalar(e, value.values[0]!);
      e.emit(r1.mov(r0));
      e.helper(value.name);
      return;
    case "string":
    case "tuple":
    case "str":
    case "concat":
    case "buf":
    case "stack":
    case "inet":
    case "mac":
    case "timestamp":
    case "user-symbol":
    case "path":
      e.temporarily(() => {
        const at = e.allocate(sizeOfType(value.type));
        materialize(e, value, at, value.type, true);
        e.emit(r0.mov(0));
      });
      return;
    case "nothing":
      e.emit(r0.mov(0));
      return;
  }
}

/** 1 in r0 where it was not 0. */
function truth(e: Emitter): void {
  const no = e.newLabel();
  e.emit(r0.jeq(0, no), r0.mov(1));
  e.label(no);
}

function builtin(e: Emitter, name: BuiltinName): void {
  switch (name) {
    case "pid":
      e.helper("get_current_pid_tgid");
      e.emit(r0.rsh(32));
      return;
    case "tid":
      e.helper("get_current_pid_tgid");
      e.emit(r0.lsh(32), r0.rsh(32));
      return;
    case "uid":
    case "username":
      e.helper("get_current_uid_gid");
      e.emit(r0.lsh(32), r0.rsh(32));
      return;
    case "gid":
      e.helper("get_current_uid_gid");
      e.emit(r0.rsh(32));
      return;
    case "cpu":
      e.helper("get_smp_processor_id");
      return;
    case "nsecs":
      e.helper("ktime_get_boot_ns");
      return;
    case "nsecs_tai":
      e.helper("ktime_get_tai_ns");
      return;
    case "elapsed":
      e.helper("ktime_get_boot_ns");
      e.constant(r1, e.surroundings.startNs);
      e.emit(r0.sub(r1));
      return;
    case "curtask":
      e.helper("get_current_task");
      return;
    case "rand":
      e.helper("get_prandom_u32");
      return;
    case "cgroup":
      e.helper("get_current_cgroup_id");
      return;
    case "numaid":
      e.helper("get_numa_node_id");
      return;
    case "jiffies":
      e.helper("jiffies64");
      return;
    case "ncpus":
      e.constant(r0, BigInt(e.surroundings.cpus));
      return;
    case "ctx":
      e.emit(r0.mov(r6));
      return;
    case "retval":
      e.probe.provider === "fexit" ? functionResult(e) : e.emit(r0.load("u64", r6, RESULT));
      return;
    case "func":
    case "comm":
      e.emit(r0.mov(0));
      return;
  }
}

function functionResult(e: Emitter): void {
  e.temporarily(() => {
    const at = e.allocate(8);
    e.zero(at, 8);
    e.emit(r1.mov(r6));
    e.address(r2, at);
    e.helper("get_func_ret");
    e.emit(r0.load("u64", at.base, at.offset));
  });
}

function argument(e: Emitter, index: number, type: Type): void {
  const { provider } = e.probe;
  if (provider === "rawtracepoint" || provider === "fentry" || provider === "fexit") {
    e.emit(r0.load("u64", r6, 8 * index));
    narrow(e, type, { kind: "integer", size: 8, signed: true });
    return;
  }
  const offset = ARGUMENTS[index];
  if (offset !== undefined) {
    e.emit(r0.load("u64", r6, offset));
    return;
  }
  // The seventh and later ones lie on the stack, behind the return address.
  e.temporarily(() => {
    const at = e.allocate(8);
    e.emit(r3.load("u64", r6, STACK_POINTER), r3.add(8 * (index - ARGUMENTS.length + 1)));
    e.address(r1, at);
    e.emit(r2.mov(8));
    e.helper(provider.startsWith("u") ? "probe_read_user" : "probe_read_kernel");
    e.emit(r0.load("u64", at.base, at.offset));
  });
}

/** Cuts r0 to an integer type, and extends it to 64 bits as the type says. */
export function narrow(e: Emitter, type: Type, from: Type): void {
  if (type.kind !== "integer") return;
  if (type.bool) {
    const end = e.newLabel();
    e.emit(r0.jeq(0, end), r0.mov(1));
    e.label(end);
    return;
  }
  const keeps = from.kind === "integer" && from.size < type.size && (!from.signed || type.signed);
  if (type.size === 8 || keeps || (from.kind === "integer" && from.size === type.size && from.signed === type.signed))
    return;
  const shift = 64 - 8 * type.size;
  e.emit(r0.lsh(shift), type.signed ? r0.arsh(shift) : r0.rsh(shift));
}

/** Takes a bitfield out of r0. */
function bitfield(e: Emitter, bits: { readonly offset: number; readonly size: number }, type: Type): void {
  const left = 64 - bits.offset - bits.size;
  const signed = type.kind === "integer" && type.signed;
  if (left > 0) e.emit(r0.lsh(left));
  const right = 64 - bits.size;
  if (right > 0) e.emit(signed ? r0.arsh(right) : r0.rsh(right));
}

const IMMEDIATE = (value: Value): number | undefined =>
  value.op === "integer" && value.value >= -0x8000_0000n && value.value <= 0x7fff_ffffn
    ? Number(value.value)
    : undefined;

function arithmetic(e: Emitter, value: Extract<Value, { op: "arithmetic" }>): void {
  const { operator, left, right, type } = value;
  const immediate = IMMEDIATE(right);
  scalar(e, left);
  if (immediate === undefined) {
    operands(e, right);
    e.emit(apply(operator, r1, type));
    return;
  }
  if ((operator === "/" || operator === "%") && immediate === 0) {
    // As the processor of BPF does it: a quotient by zero is zero, a remainder the dividend.
    if (operator === "/") e.emit(r0.mov(0));
    return;
  }
  if ((operator === "<<" || operator === ">>") && (immediate < 0 || immediate > 63)) {
    e.emit(r1.mov(immediate), apply(operator, r1, type));
    return;
  }
  e.emit(apply(operator, immediate, type));
}

/** With the left operand in r0: the right one comes to r1, the left one stays. */
export function operands(e: Emitter, right: Value): void {
  if (right.op === "variable") {
    e.load(r1, e.variable(right.variable), right.variable.type);
    return;
  }
  if (right.op === "integer") {
    e.constant(r1, right.value);
    return;
  }
  e.temporarily(() => {
    const saved = e.allocate(8);
    e.emit(store("u64", saved.base, saved.offset, r0));
    scalar(e, right);
    e.emit(r1.mov(r0), r0.load("u64", saved.base, saved.offset));
  });
}

function apply(operator: Arithmetic, by: typeof r1 | number, type: Type) {
  switch (operator) {
    case "+":
      return r0.add(by);
    case "-":
      return r0.sub(by);
    case "*":
      return r0.mul(by);
    case "/":
      return r0.div(by);
    case "%":
      return r0.mod(by);
    case "&":
      return r0.and(by);
    case "|":
      return r0.or(by);
    case "^":
      return r0.xor(by);
    case "<<":
      return r0.lsh(by);
    case ">>":
      return type.kind === "integer" && type.signed ? r0.arsh(by) : r0.rsh(by);
  }
}

/** `condition ? a : b` by whatever the branches leave. */
export function choose(e: Emitter, value: Extract<Value, { op: "choose" }>, compile: (branch: Value) => void): void {
  const alternate = e.newLabel();
  const end = e.newLabel();
  jumpIf(e, value.condition, alternate, false);
  compile(value.consequent);
  e.jump(end);
  e.label(alternate);
  compile(value.alternate);
  e.label(end);
}

function step(e: Emitter, { target, by, prefix, type }: Extract<Value, { op: "step" }>): void {
  const amount = by * (type.kind === "pointer" ? Math.max(1, sizeOfType(type.to)) : 1);
  if (target.op === "variable") {
    const at = e.variable(target.variable);
    e.load(r0, at, target.variable.type);
    e.emit(r1.mov(r0), r1.add(amount));
    e.store(at, r1, target.variable.type);
    if (prefix) e.load(r0, at, target.variable.type);
    return;
  }
  if (target.op !== "map") {
    e.emit(r0.mov(0));
    return;
  }
  const { map } = target;
  e.temporarily(() => {
    const key = lookup(e, map, target.key);
    const missing = e.newLabel();
    const end = e.newLabel();
    e.emit(r0.jeq(0, missing), r1.load("u64", r0, 0), r1.add(amount), store("u64", r0, 0, r1), r0.mov(r1));
    if (!prefix) e.emit(r0.sub(amount));
    e.jump(end);
    e.label(missing);
    const first = e.allocate(8);
    e.emit(store("u64", first.base, first.offset, amount));
    e.emit(r1.loadMap(FIRST_MAP + map.index));
    e.address(r2, key);
    e.address(r3, first);
    e.emit(r4.mov(0));
    e.helper("map_update_elem");
    e.emit(r0.mov(prefix ? amount : 0));
    e.label(end);
  });
}

/** Reads a scalar behind an address. */
function place(e: Emitter, { address, offset, space, bits, type }: Extract<Value, { op: "place" }>): void {
  e.temporarily(() => {
    const bytes = bits === undefined ? sizeOfType(type) : Math.ceil((bits.offset + bits.size) / 8);
    const at = e.allocate(8);
    scalar(e, address);
    e.emit(r3.mov(r0));
    if (offset !== 0) e.emit(r3.add(offset));
    if (bits !== undefined) e.zero(at, 8);
    e.address(r1, at);
    e.emit(r2.mov(bytes));
    e.helper(space === "user" ? "probe_read_user" : "probe_read_kernel");
    if (bits === undefined) {
      const scalarType: Type = isScalar(type) ? type : { kind: "integer", size: 8, signed: false };
      return e.load(r0, at, scalarType);
    }
    e.emit(r0.load("u64", at.base, at.offset));
    bitfield(e, bits, type);
  });
}

/** An element of an array in the program's own memory; 0 for one that does not exist. */
function element(e: Emitter, { object, index, type }: Extract<Value, { op: "element" }>): void {
  const array = object.type;
  const length = array.kind === "array" ? array.length : sizeOfType(array);
  const at = placeOf(e, object);
  // On the stack Linux wants to know what is read, so it is copied to scratch memory only where it lies there already.
  scalar(e, index);
  const outside = e.newLabel();
  const end = e.newLabel();
  e.emit(r0.jge(length, outside), r0.mul(sizeOfType(type)));
  e.emit(r7.mov(at.base), r7.add(r0), r0.load(memoryType(type), r7, at.offset));
  e.jump(end);
  e.label(outside);
  e.emit(r0.mov(0));
  e.label(end);
}

function stringLength(e: Emitter, { text }: Extract<Value, { op: "string-length" }>): void {
  e.temporarily(() => {
    const size = sizeOfType(text.type);
    const at = placeOf(e, text);
    const to = e.allocate(Math.max(size, 40));
    // Copying a string tells how many bytes it has, the zero at the end among them.
    e.address(r3, at);
    e.address(r1, to);
    e.emit(r2.mov(size));
    e.helper("probe_read_kernel_str");
    const end = e.newLabel();
    e.emit(r0.jsle(0, end), r0.sub(1));
    e.label(end);
  });
}
