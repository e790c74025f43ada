import { ArgumentError, isObject } from "../../isa/argument.ts";
import { PT_REGS } from "../contexts.ts";
import { PROGRAMS } from "../table.ts";
import type { ProgramType } from "../types.ts";

/** A member's value: a number, the elements of an array, or its bytes. */
export type ContextValue = number | bigint | readonly (number | bigint)[] | Uint8Array;

/** Members of a context by name, as the program type's user structure calls them; what is not named is 0. */
export type ContextValues = Readonly<Record<string, ContextValue>>;

/** Where a member lies, and the bytes of one element. */
interface Place {
  readonly offset: number;
  readonly size: number;
  readonly unit: number;
}

/** Registers as C programs call them (`struct pt_regs` of Linux's user API) beside the names that the kernel's has. */
const REGISTERS = PT_REGS.flatMap((name, index) => {
  const place: Place = { offset: 8 * index, size: 8, unit: 8 };
  const short = /^r[a-z]/.test(name) ? [name.slice(1)] : name === "eflags" ? ["flags"] : [];
  return [name, ...short].map((each) => [each, place] as const);
});

/** What a flow dissector can be given is no part of its context but of `struct bpf_flow_keys`. */
const FLOW_KEYS: readonly (readonly [string, Place])[] = [["flags", { offset: 48, size: 4, unit: 4 }]];

function placesOf(type: ProgramType): ReadonlyMap<string, Place> {
  if (type === "flow_dissector") return new Map(FLOW_KEYS);
  const fields = (PROGRAMS[type].context?.fields ?? []).filter(({ offset }) => offset >= 0);
  const places = new Map(
    fields.map(({ name, offset, size, unit = size }): [string, Place] => [name, { offset, size, unit }]),
  );
  if (type === "kprobe" || type === "perf_event") {
    places.delete("regs");
    for (const [name, place] of REGISTERS) places.set(name, place);
  }
  return places;
}

/**
 * The bytes of a context from its members. Throws `ArgumentError` for names that the structure does not have, and values that
 * do not fit.
 *
 * @example contextBytes("kprobe", { rdi: 0xffff888000001000n }); // 168 bytes: struct pt_regs
 */
export function contextBytes(type: ProgramType, values: ContextValues): Uint8Array {
  const layout = PROGRAMS[type].context;
  if (layout === undefined)
    throw new ArgumentError("context", "left out or bytes: the type has no structure of its own", values);
  const places = placesOf(type);
  // A record or the bytes of a system call are as long as what is set in them.
  const whole = layout.size <= 256;
  const bytes = new Uint8Array(whole ? Math.ceil(layout.size / 8) * 8 : layout.size);
  let end = whole ? bytes.length : 0;
  for (const [name, value] of Object.entries(values)) {
    const place = places.get(name);
    if (place === undefined) {
      const known = [...places.keys()].join(", ");
      throw new ArgumentError(`context.${name}`, `one of ${known}`, value, `${layout.struct} has no member ${name}.`);
    }
    put(bytes, name, place, value);
    end = Math.max(end, place.offset + (value instanceof Uint8Array ? value.length : place.size));
  }
  return bytes.subarray(0, end);
}

function put(bytes: Uint8Array, name: string, { offset, size, unit }: Place, value: unknown): void {
  if (value instanceof Uint8Array && value.length <= size) {
    bytes.set(value, offset);
    return;
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const view = new DataView(bytes.buffer);
  if (isObject(value) && !Array.isArray(value))
    throw new ArgumentError(`context.${name}`, `at most ${size} bytes`, value);
  if (list.length * unit > size) throw new ArgumentError(`context.${name}`, `at most ${size / unit} numbers`, value);
  for (const [index, each] of list.entries()) {
    const bits = 8 * unit;
    const whole = typeof each === "bigint" || Number.isInteger(each);
    const wide = whole ? BigInt(each as number | bigint) : undefined;
    if (wide === undefined || wide < -(1n << BigInt(bits - 1)) || wide >= 1n << BigInt(bits))
      throw new ArgumentError(`context.${name}`, `a whole number of ${bits} bits`, each);
    for (let i = 0; i < unit; i++) view.setUint8(offset + index * unit + i, Number((wide >> BigInt(8 * i)) & 0xffn));
  }
}
