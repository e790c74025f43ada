import type { Linux } from "../../linux/linux.ts";
import type { BpfMap } from "../../loader/object/bpf-map.ts";
import { linearText, log2Text, section } from "../frame/histogram.ts";

type Slots = Map<string, number[]>;

/** A map of a bcc program, with what bcc prints of maps. */
export class BccTable {
  readonly name: string;
  /** The map as the loader has it. */
  readonly map: BpfMap;
  readonly #linux: Linux;

  constructor(name: string, map: BpfMap, linux: Linux) {
    this.name = name;
    this.map = map;
    this.#linux = linux;
  }

  /** Keys and values, by the types of the program. */
  items(): readonly (readonly [key: unknown, value: unknown])[] {
    return [...this.map.entries()];
  }

  /** The value of a key. */
  get(key: Parameters<BpfMap["get"]>[0]): unknown {
    return this.map.get(key);
  }

  /** Removes everything; the elements of an array become zero. */
  clear(): void {
    for (const [key, value] of this.items() as readonly (readonly [never, unknown])[])
      if (this.map.type === "array") this.map.set(key, (typeof value === "bigint" ? 0n : 0) as never);
      else this.map.delete(key);
  }

  /** The functions of a stack that `get_stackid` kept, innermost first. */
  walk(id: number): readonly string[] {
    const stack = this.map.get(id) as readonly bigint[] | undefined;
    return (stack ?? []).map((address) => this.#linux.symbolize(address)?.name ?? `0x${address.toString(16)}`);
  }

  /** Counts by slot; those of keys with further members apart. */
  #slots(): Slots {
    const all: Slots = new Map();
    for (const [key, value] of this.items()) {
      const count = Number(value as bigint);
      if (count === 0) continue;
      const [of, slot] = parts(key);
      const counts = all.get(of) ?? [];
      counts[slot] = (counts[slot] ?? 0) + count;
      all.set(of, counts);
    }
    return all;
  }

  #print(draw: (slots: readonly number[], unit: string) => string, unit: string, title: string): string {
    return [...this.#slots()]
      .map(
        ([of, counts]) =>
          (of === "" ? "" : section(title, of)) +
          draw(
            Array.from(counts, (n) => n ?? 0),
            unit,
          ),
      )
      .join("");
  }

  /**
   * The histogram of powers of two, as bcc prints it; keys that are structs have a member for the slot, and each value of the others has
   * a histogram of its own.
   */
  printLog2Hist(unit = "value", title = "Bucket ptr"): string {
    return this.#print(log2Text, unit, title);
  }

  /** The same with a row for each number. */
  printLinearHist(unit = "value", title = "Bucket ptr"): string {
    return this.#print(linearText, unit, title);
  }
}

/** What a key is of, and its slot: the last member. */
function parts(key: unknown): readonly [string, number] {
  if (typeof key !== "object" || key === null) return ["", Number(key)];
  const members = Object.entries(key);
  const slot = Number(members.at(-1)![1]);
  return [
    members
      .slice(0, -1)
      .map(([, value]) => String(value))
      .join(", "),
    slot,
  ];
}
