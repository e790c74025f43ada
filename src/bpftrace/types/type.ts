/** What memory a pointer points to: it decides how it is read. */
export type Space = "kernel" | "user";

/** What functions of maps make: their values are added up over CPUs when they are read. */
export type AggregateName = "count" | "sum" | "min" | "max" | "avg" | "stats" | "hist" | "lhist" | "tseries";

/** Integers are 1, 2, 4 or 8 bytes. */
export type IntegerSize = 1 | 2 | 4 | 8;

/** A member of a struct, union or record. */
export interface Field {
  readonly name: string;
  readonly type: Type;
  /** Bytes from the start. */
  readonly offset: number;
  /** Of a bitfield: its first bit from `offset` and its width. */
  readonly bits?: { readonly offset: number; readonly size: number };
  /** Its text lies elsewhere in the event's record: this is where and how long. */
  readonly dataLoc?: boolean;
}

/** A struct or union. Fields are worked out when they are asked for: types of Linux refer to each other without end. */
export interface Layout {
  /** `struct file`. */
  readonly name: string;
  readonly size: number;
  /** In order; members of anonymous structs and unions stand among them. */
  fields(): readonly Field[];
}

/** How many frames of a stack are kept, and how they are shown. */
export interface StackForm {
  readonly side: Space;
  readonly mode: "bpftrace" | "perf" | "raw" | "build_id";
  readonly limit: number;
}

/** Constants of an enum, by value. */
export type EnumNames = ReadonlyMap<bigint, string>;

/** Tables of names that the reader has: errors, signals, system calls, cgroups. */
export type NameTable = "error" | "signal" | "syscall" | "cgroup";

/** The type of a value of a bpftrace program. */
export type Type =
  | { readonly kind: "none" }
  | { readonly kind: "void" }
  | {
      readonly kind: "integer";
      readonly size: IntegerSize;
      readonly signed: boolean;
      readonly names?: EnumNames;
      readonly bool?: boolean;
    }
  /** `size` bytes, the zero at the end among them. */
  | { readonly kind: "string"; readonly size: number }
  /** Four bytes of length, then at most `size` bytes. */
  | { readonly kind: "buffer"; readonly size: number }
  | { readonly kind: "pointer"; readonly to: Type; readonly space: Space }
  | { readonly kind: "array"; readonly of: Type; readonly length: number; readonly space: Space }
  | { readonly kind: "struct"; readonly layout: Layout; readonly space: Space }
  | { readonly kind: "tuple"; readonly elements: readonly Type[] }
  | { readonly kind: "record"; readonly fields: readonly { readonly name: string; readonly type: Type }[] }
  /** An address with its family before it. */
  | { readonly kind: "inet" }
  | { readonly kind: "mac" }
  /** Nanoseconds and a format that they are shown with. */
  | { readonly kind: "timestamp" }
  | { readonly kind: "symbol"; readonly side: Space }
  | { readonly kind: "username" }
  /** A number that is shown as its name in one of the reader's tables. */
  | { readonly kind: "named"; readonly table: NameTable }
  | { readonly kind: "stack"; readonly form: StackForm }
  | {
      readonly kind: "aggregate";
      readonly name: AggregateName;
      readonly signed: boolean;
      readonly parameters: readonly bigint[];
    }
  /** `args` as a whole. */
  | { readonly kind: "context" };

export const NONE: Type = { kind: "none" };
export const VOID: Type = { kind: "void" };
export const INT64: Type = { kind: "integer", size: 8, signed: true };
export const UINT64: Type = { kind: "integer", size: 8, signed: false };
export const UINT32: Type = { kind: "integer", size: 4, signed: false };
export const BOOL: Type = { kind: "integer", size: 1, signed: false, bool: true };

/** The type of an integer. */
export const integerType = (size: IntegerSize, signed: boolean): Type => ({ kind: "integer", size, signed });

/** Bytes that a stack takes: its depth, then the addresses. */
const stackBytes = ({ limit }: StackForm): number => 8 + 8 * limit;

/** Bytes that a value takes in maps, events and memory. */
export function sizeOfType(type: Type): number {
  switch (type.kind) {
    case "none":
    case "void":
    case "context":
      return 0;
    case "integer":
      return type.size;
    case "string":
      return type.size;
    case "buffer":
      return 4 + type.size;
    case "pointer":
    case "username":
    case "named":
      return 8;
    case "symbol":
      return type.side === "user" ? 16 : 8;
    case "array":
      return sizeOfType(type.of) * type.length;
    case "struct":
      return type.layout.size;
    case "tuple":
    case "record":
      return fieldsOf(type).size;
    case "inet":
      return 20;
    case "mac":
      return 6;
    case "timestamp":
      return 16;
    case "stack":
      return stackBytes(type.form);
    case "aggregate":
      return 8;
  }
}

/** The alignment of a value within tuples and events. */
export function alignOfType(type: Type): number {
  switch (type.kind) {
    case "integer":
      return type.size;
    case "array":
      return alignOfType(type.of);
    case "buffer":
    case "inet":
      return 4;
    case "string":
    case "mac":
      return 1;
    default:
      return 8;
  }
}

/** Places of the elements of a tuple or record, as C would lay out a struct of them. */
export function fieldsOf(type: Extract<Type, { kind: "tuple" | "record" }>): {
  readonly fields: readonly Field[];
  readonly size: number;
} {
  const elements =
    type.kind === "tuple"
      ? type.elements.map((element, index) => ({ name: String(index), type: element }))
      : type.fields;
  const fields: Field[] = [];
  let at = 0;
  let align = 1;
  for (const element of elements) {
    const own = alignOfType(element.type);
    at = Math.ceil(at / own) * own;
    align = Math.max(align, own);
    fields.push({ ...element, offset: at });
    at += sizeOfType(element.type);
  }
  return { fields, size: Math.max(1, Math.ceil(at / align) * align) };
}

/** Whether a value fits a register. */
export function isScalar(type: Type): boolean {
  switch (type.kind) {
    case "integer":
    case "pointer":
    case "username":
    case "named":
      return true;
    case "symbol":
      return type.side === "kernel";
    default:
      return false;
  }
}

/** Whether a value of one type can stand where another is expected: sizes of integers and strings may differ. */
export function sameKind(a: Type, b: Type): boolean {
  if (a.kind === "pointer" && b.kind === "integer") return b.size === 8;
  if (a.kind === "integer" && b.kind === "pointer") return a.size === 8;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "integer":
      return true;
    case "struct":
      return a.layout.name === (b as typeof a).layout.name;
    case "array": {
      const other = b as typeof a;
      return a.length === other.length && sameKind(a.of, other.of);
    }
    case "tuple": {
      const { elements } = b as typeof a;
      return (
        a.elements.length === elements.length &&
        a.elements.every((element, index) => sameKind(element, elements[index]!))
      );
    }
    case "record": {
      const { fields } = b as typeof a;
      return (
        a.fields.length === fields.length &&
        a.fields.every(
          (field, index) => field.name === fields[index]!.name && sameKind(field.type, fields[index]!.type),
        )
      );
    }
    case "stack":
      return a.form.side === (b as typeof a).form.side;
    case "symbol":
      return a.side === (b as typeof a).side;
    case "named":
      return a.table === (b as typeof a).table;
    case "aggregate":
      return a.name === (b as typeof a).name;
    default:
      return true;
  }
}

/** The type that holds values of both, which are of one kind: the larger. */
export function unify(a: Type, b: Type): Type {
  switch (a.kind) {
    case "integer": {
      if (b.kind !== "integer" || a.size > b.size) return a;
      if (b.size > a.size) return b;
      return a.bool && !b.bool ? b : a;
    }
    case "string":
    case "buffer":
      return b.kind === a.kind && b.size > a.size ? b : a;
    case "tuple":
      return b.kind === "tuple"
        ? { ...a, elements: a.elements.map((element, index) => unify(element, b.elements[index]!)) }
        : a;
    case "record":
      return b.kind === "record"
        ? {
            ...a,
            fields: a.fields.map(({ name, type }, index) => ({ name, type: unify(type, b.fields[index]!.type) })),
          }
        : a;
    case "stack":
      return b.kind === "stack" && b.form.limit > a.form.limit ? b : a;
    default:
      return a;
  }
}

/** Whether a value of one type fits a place of the other without losing anything. */
export const fits = (value: Type, place: Type): boolean => sizeOfType(unify(place, value)) <= sizeOfType(place);
