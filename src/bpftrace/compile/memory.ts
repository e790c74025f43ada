import { r0, r1, r2, r3, r4, r6, r7, store } from "../../asm/builder.ts";
import type { Value } from "../analyse/typed.ts";
import { type Field, fieldsOf, isScalar, sizeOfType, type Type } from "../types/type.ts";
import { compileActions } from "./action.ts";
import { behind, type Emitter, type Place } from "./emitter.ts";
import { lookup } from "./map-access.ts";
import { choose, scalar } from "./scalar.ts";

/** Linux's number of IPv4 and IPv6. */
const AF_INET = 2;
const AF_INET6 = 10;

/** Where a value lies in the program's memory; it is put there where it does not yet. */
export function placeOf(e: Emitter, value: Value): Place {
  if (value.op === "variable" && !isScalar(value.type)) return e.variable(value.variable);
  if (value.op === "part" && !isScalar(value.object.type)) return behind(placeOf(e, value.object), value.offset);
  const place = e.allocate(sizeOfType(value.type));
  materialize(e, value, place, value.type, true);
  return place;
}

/**
 * Puts a value into a place, as a type of the same kind that may be larger. `clean`: bytes behind the end of a text are
 * zero, as keys and comparisons need it.
 */
export function materialize(e: Emitter, value: Value, to: Place, type: Type, clean: boolean): void {
  if (isScalar(type)) {
    scalar(e, value);
    e.store(to, r0, type);
    return;
  }
  const size = sizeOfType(type);
  switch (value.op) {
    case "string":
      literal(e, value.value, to, size);
      return;
    case "builtin":
      comm(e, to, size);
      return;
    case "variable":
      reshape(e, to, type, e.variable(value.variable), value.variable.type);
      return;
    case "map":
      e.temporarily(() => {
        lookup(e, value.map, value.key);
        const missing = e.newLabel();
        const end = e.newLabel();
        e.emit(r0.jeq(0, missing), r7.mov(r0));
        reshape(e, to, type, { base: r7, offset: 0 }, value.map.value);
        e.jump(end);
        e.label(missing);
        e.zero(to, size);
        e.label(end);
      });
      return;
    case "part":
      e.temporarily(() => reshape(e, to, type, placeOf(e, value), value.type));
      return;
    case "place": {
      if (clean && size > sizeOfType(value.type)) e.zero(to, size);
      scalar(e, value.address);
      e.emit(r3.mov(r0));
      if (value.offset !== 0) e.emit(r3.add(value.offset));
      e.address(r1, to);
      e.emit(r2.mov(sizeOfType(value.type)));
      e.helper(value.space === "user" ? "probe_read_user" : "probe_read_kernel");
      return;
    }
    case "context":
      context(e, value, to, type, clean);
      return;
    case "tuple":
      tuple(e, value, to, type, clean);
      return;
    case "choose":
      choose(e, value, (branch) => materialize(e, branch, to, type, clean));
      return;
    case "block":
      compileActions(e, value.actions);
      materialize(e, value.value, to, type, clean);
      return;
    case "str":
      str(e, value, to, size, clean);
      return;
    case "concat":
      concat(e, value, to, size);
      return;
    case "buf":
      buf(e, value, to, type);
      return;
    case "stack":
      stack(e, to, type);
      return;
    case "inet":
      inet(e, value, to);
      return;
    case "mac":
      mac(e, value, to);
      return;
    case "timestamp":
      scalar(e, value.time);
      e.emit(store("u64", to.base, to.offset, r0), store("u64", to.base, to.offset + 8, value.format));
      return;
    case "path":
      e.zero(to, size);
      scalar(e, value.path);
      e.emit(r1.mov(r0));
      e.address(r2, to);
      e.emit(r3.mov(size));
      e.helper("d_path");
      return;
    case "user-symbol":
      scalar(e, value.address);
      e.emit(store("u64", to.base, to.offset, r0));
      e.helper("get_current_pid_tgid");
      e.emit(r0.rsh(32), store("u64", to.base, to.offset + 8, r0));
      return;
    default:
      throw e.fault(`a value of type ${type.kind} cannot be kept`);
  }
}

/** Bytes of a text as numbers, with zeros behind. */
function literal(e: Emitter, text: string, to: Place, size: number): void {
  const used = Math.min(size, Math.ceil((text.length + 1) / 8) * 8);
  let at = 0;
  while (at < used) {
    const width =
      ([8, 4, 2] as const).find((candidate) => candidate <= used - at && (to.offset + at) % candidate === 0) ?? 1;
    let word = 0n;
    // The last byte of a text is always zero, also of one that had to be cut.
    for (let index = 0; index < width; index++)
      if (at + index < size - 1) word |= BigInt(text.charCodeAt(at + index) || 0) << BigInt(8 * index);
    const type = `u${(width * 8) as 8 | 16 | 32 | 64}` as const;
    const signed = BigInt.asIntN(64, word);
    if (width < 8 || (signed >= -0x8000_0000n && signed <= 0x7fff_ffffn))
      e.emit(store(type, to.base, to.offset + at, Number(BigInt.asIntN(32, word))));
    else e.emit(r1.loadImm64(word), store(type, to.base, to.offset + at, r1));
    at += width;
  }
  if (size > used) e.zero(behind(to, used), size - used);
}

function comm(e: Emitter, to: Place, size: number): void {
  if (size > 16) e.zero(to, size);
  e.address(r1, to);
  e.emit(r2.mov(Math.min(16, size)));
  e.helper("get_current_comm");
}

/** Copies a value into a place of a type that may be larger in parts. */
function reshape(e: Emitter, to: Place, type: Type, from: Place, own: Type): void {
  const size = sizeOfType(type);
  if (type.kind === "tuple" && own.kind === "tuple" && (size !== sizeOfType(own) || !sameSizes(type, own))) {
    e.zero(to, size);
    const [target, source] = [fieldsOf(type).fields, fieldsOf(own).fields];
    for (const [index, field] of target.entries()) moveField(e, to, field, from, source[index]!);
    return;
  }
  const have = sizeOfType(own);
  e.copy(to, from, Math.min(size, have));
  if (size > have) e.zero(behind(to, have), size - have);
}

const sameSizes = (a: Extract<Type, { kind: "tuple" }>, b: Extract<Type, { kind: "tuple" }>): boolean =>
  a.elements.every((element, index) => sizeOfType(element) === sizeOfType(b.elements[index]!));

function moveField(e: Emitter, to: Place, field: Field, from: Place, own: Field): void {
  const [target, source] = [behind(to, field.offset), behind(from, own.offset)];
  if (!isScalar(field.type)) {
    reshape(e, target, field.type, source, own.type);
    return;
  }
  e.load(r1, source, own.type);
  e.store(target, r1, field.type);
}

function tuple(e: Emitter, value: Extract<Value, { op: "tuple" }>, to: Place, type: Type, clean: boolean): void {
  if (type.kind === "array") {
    const size = sizeOfType(type.of);
    const scalarWhole =
      value.elements.length === 1 && isScalar(value.elements[0]!.type) && value.elements.length !== type.length;
    if (scalarWhole) {
      // A number that was cast to an array of its bytes.
      scalar(e, value.elements[0]!);
      e.store(to, r0, value.elements[0]!.type);
      return;
    }
    for (const [index, element] of value.elements.entries())
      materialize(e, element, behind(to, index * size), type.of, clean);
    return;
  }
  if (type.kind !== "tuple" && type.kind !== "record") throw e.fault("a tuple has no other type");
  const { fields, size } = fieldsOf(type);
  const used = fields.reduce((sum, field) => sum + sizeOfType(field.type), 0);
  if (used < size) e.zero(to, size);
  for (const [index, field] of fields.entries())
    materialize(e, value.elements[index]!, behind(to, field.offset), field.type, clean);
}

/** A text or array of the event's record. */
function context(e: Emitter, value: Extract<Value, { op: "context" }>, to: Place, type: Type, clean: boolean): void {
  const size = sizeOfType(type);
  if (!value.dataLoc) {
    const own = sizeOfType(value.type);
    e.copy(to, { base: r6, offset: value.offset }, Math.min(own, size, 128));
    if (size > own) e.zero(behind(to, own), size - own);
    return;
  }
  if (clean) e.zero(to, size);
  // The lower half says where in the record the text lies, the upper one how long it is.
  e.emit(r0.load("u32", r6, value.offset), r0.and(0xffff), r3.mov(r6), r3.add(r0));
  e.address(r1, to);
  e.emit(r2.mov(size));
  e.helper("probe_read_kernel_str");
}

function str(e: Emitter, value: Extract<Value, { op: "str" }>, to: Place, size: number, clean: boolean): void {
  const { address, limit, space } = value;
  if (!isScalar(address.type)) {
    e.temporarily(() => {
      const from = placeOf(e, address);
      const own = sizeOfType(address.type);
      e.copy(to, from, Math.min(own, size));
      if (size > own) e.zero(behind(to, own), size - own);
      else e.emit(store("u8", to.base, to.offset + size - 1, 0));
    });
    return;
  }
  if (clean) e.zero(to, size);
  e.temporarily(() => {
    if (limit !== undefined) {
      const saved = e.allocate(8);
      const whole = e.newLabel();
      scalar(e, limit);
      e.emit(r0.add(1), r0.jle(size, whole), r0.mov(size));
      e.label(whole);
      e.emit(store("u64", saved.base, saved.offset, r0));
      scalar(e, address);
      e.emit(r3.mov(r0), r2.load("u64", saved.base, saved.offset));
    } else {
      scalar(e, address);
      e.emit(r3.mov(r0), r2.mov(size));
    }
    e.address(r1, to);
    e.helper(space === "user" ? "probe_read_user_str" : "probe_read_kernel_str");
  });
}

/** Two texts, one behind the other. */
function concat(e: Emitter, { left, right }: Extract<Value, { op: "concat" }>, to: Place, size: number): void {
  e.zero(to, size);
  e.temporarily(() => {
    const [first, second] = [placeOf(e, left), placeOf(e, right)];
    const room = sizeOfType(left.type);
    const known = e.newLabel();
    e.address(r1, to);
    e.emit(r2.mov(room));
    e.address(r3, first);
    e.helper("probe_read_kernel_str");
    // It counts the zero at the end, too.
    e.emit(r0.sub(1), r0.jlt(room, known), r0.mov(0));
    e.label(known);
    e.address(r1, to);
    e.emit(r1.add(r0), r2.mov(sizeOfType(right.type)));
    e.address(r3, second);
    e.helper("probe_read_kernel_str");
  });
}

function buf(e: Emitter, value: Extract<Value, { op: "buf" }>, to: Place, type: Type): void {
  const size = sizeOfType(type) - 4;
  const { from, length, space } = value;
  e.zero(to, size + 4);
  if (!isScalar(from.type)) {
    e.temporarily(() => {
      const at = placeOf(e, from);
      const have = Math.min(size, sizeOfType(from.type));
      if (length === undefined) e.emit(store("u32", to.base, to.offset, have));
      else limited(e, length, have, to);
      e.copy(behind(to, 4), at, have);
    });
    return;
  }
  const own = value.type.kind === "buffer" ? value.type.size : size;
  if (length === undefined) e.emit(store("u32", to.base, to.offset, own));
  else limited(e, length, own, to);
  scalar(e, from);
  e.emit(r3.mov(r0));
  e.address(r1, behind(to, 4));
  if (length === undefined) e.emit(r2.mov(own));
  else {
    const whole = e.newLabel();
    e.emit(r2.load("u32", to.base, to.offset), r2.jle(own, whole), r2.mov(own));
    e.label(whole);
  }
  e.helper(space === "user" ? "probe_read_user" : "probe_read_kernel");
}

/** Stores the smaller of a number and a limit as four bytes. */
function limited(e: Emitter, length: Value, most: number, to: Place): void {
  const whole = e.newLabel();
  scalar(e, length);
  e.emit(r0.jle(most, whole), r0.mov(most));
  e.label(whole);
  e.emit(store("u32", to.base, to.offset, r0));
}

const USER_STACK = 1 << 8;

/** Depth, then addresses; Linux fills the rest with zeros. */
function stack(e: Emitter, to: Place, type: Type): void {
  if (type.kind !== "stack") throw e.fault("a stack has no other type");
  const { side, limit } = type.form;
  e.emit(store("u64", to.base, to.offset, 0));
  if (limit === 0) return;
  e.emit(r1.mov(r6));
  e.address(r2, behind(to, 8));
  e.emit(r3.mov(8 * limit), r4.mov(side === "user" ? USER_STACK : 0));
  e.helper("get_stack");
  const none = e.newLabel();
  e.emit(r0.jsle(0, none), r0.rsh(3), store("u64", to.base, to.offset, r0));
  e.label(none);
}

function inet(e: Emitter, { family, address }: Extract<Value, { op: "inet" }>, to: Place): void {
  const { type } = address;
  const bytes = type.kind === "array" ? sizeOfType(type) : 4;
  e.zero(to, 20);
  if (family !== undefined) {
    scalar(e, family);
    e.emit(store("u32", to.base, to.offset, r0));
  } else e.emit(store("u32", to.base, to.offset, bytes === 16 ? AF_INET6 : AF_INET));
  if (isScalar(type)) {
    scalar(e, address);
    e.emit(store("u32", to.base, to.offset + 4, r0));
  } else materialize(e, address, behind(to, 4), type, true);
}

function mac(e: Emitter, { address }: Extract<Value, { op: "mac" }>, to: Place): void {
  if (!isScalar(address.type)) {
    e.temporarily(() => e.copy(to, placeOf(e, address), 6));
    return;
  }
  scalar(e, address);
  e.emit(r3.mov(r0), r2.mov(6));
  e.address(r1, to);
  e.helper(address.type.kind === "pointer" && address.type.space === "user" ? "probe_read_user" : "probe_read_kernel");
}
