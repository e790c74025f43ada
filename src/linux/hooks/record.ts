import type { LinearMemory } from "../../memory/memory.ts";
import type { Arg, Task } from "../task.ts";
import type { Tracepoint, TracepointField } from "../tracepoints.ts";
import { writeWord } from "./words.ts";

/** The value of a tracepoint's field: a number, an object for a pointer, a text, or the elements of an array. */
export type TraceValue = Arg | string | Uint8Array | readonly number[];

/** Bytes behind a record for texts and arrays of any length (`__data_loc`); what does not fit is cut. */
const DYNAMIC_ROOM = 1024;
const FIRST_OWN = 8;

/** How a field lies in the record. */
type Form = "number" | "text" | "array" | "dynamic";

interface Place {
  readonly form: Form;
  readonly offset: number;
  readonly size: number;
  /** Bytes of one element of an array. */
  readonly element: number;
}

function placeOf({ type, name, offset, size }: TracepointField): Place {
  const length = /\[(\d+)\]$/.exec(name)?.[1];
  if (type.startsWith("__data_loc")) {
    const wide = /u64|long/.test(type) ? 8 : /int|u32/.test(type) ? 4 : 1;
    return { form: "dynamic", offset, size, element: wide };
  }
  if (length === undefined) return { form: "number", offset, size, element: size };
  const element = size / Number(length);
  return { form: element === 1 && type === "char" ? "text" : "array", offset, size, element };
}

const encoder = new TextEncoder();

/** Writes the records of one tracepoint, always to the same place in memory. */
export class TraceRecord {
  readonly #memory: LinearMemory;
  readonly #id: number;
  readonly #size: number;
  readonly #places: readonly Place[];
  readonly at: number;

  constructor(memory: LinearMemory, row: Tracepoint) {
    this.#memory = memory;
    this.#id = row.id;
    this.#size = row.size;
    this.#places = row.fields.filter(({ offset }) => offset >= FIRST_OWN).map(placeOf);
    const dynamic = this.#places.some(({ form }) => form === "dynamic");
    this.at = memory.allocate(row.size + (dynamic ? DYNAMIC_ROOM : 0));
  }

  /** `values` are those of the row's own fields, in their order; what is missing is 0. Objects are told by `address`. */
  write({ pid }: Pick<Task, "pid">, values: readonly TraceValue[], address: (object: object) => number): void {
    const { at } = this;
    this.#memory.i32[at >> 2] = this.#id;
    this.#memory.i32[(at >> 2) + 1] = pid;
    let dynamic = this.#size;
    for (let i = 0; i < this.#places.length; i++) {
      const place = this.#places[i]!;
      const value = values[i];
      if (place.form === "number") writeWord(this.#memory, at + place.offset, place.size, value as Arg, address);
      else if (place.form === "dynamic") dynamic += this.#dynamic(place, dynamic, value);
      else if (typeof value === "string") this.#text(at + place.offset, place.size, value);
      else this.#array(at + place.offset, place, value as ArrayLike<number> | undefined);
    }
  }

  /** Bytes used behind the record; the field itself tells their place and length, as `__data_loc` does. */
  #dynamic({ offset, element }: Place, from: number, value: TraceValue): number {
    const bytes =
      typeof value === "string"
        ? encoder.encode(`${value}\0`)
        : elements(value as readonly number[] | undefined, element);
    const length = Math.min(bytes.length, this.#size + DYNAMIC_ROOM - from);
    this.#memory.u8.set(bytes.subarray(0, length), this.at + from);
    this.#memory.view.setUint32(this.at + offset, ((length << 16) | from) >>> 0, true);
    return length;
  }

  #text(at: number, size: number, text: string): void {
    const bytes = this.#memory.u8;
    for (let i = 0; i < size; i++) bytes[at + i] = i < text.length && i < size - 1 ? text.charCodeAt(i) : 0;
  }

  #array(at: number, { size, element }: Place, value: ArrayLike<number> | undefined): void {
    const count = size / element;
    for (let i = 0; i < count; i++) writeWord(this.#memory, at + i * element, element, value?.[i] ?? 0, none);
  }
}

const none = () => 0;

function elements(value: readonly number[] | Uint8Array | undefined, element: number): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const bytes = new Uint8Array((value?.length ?? 0) * element);
  const view = new DataView(bytes.buffer);
  for (const [i, each] of (value ?? []).entries()) {
    if (element === 8) view.setBigUint64(8 * i, BigInt.asUintN(64, BigInt(each)), true);
    else if (element === 4) view.setUint32(4 * i, each, true);
    else bytes[i] = each;
  }
  return bytes;
}
