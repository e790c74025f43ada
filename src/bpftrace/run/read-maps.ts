import type { RuntimeMap } from "../../maps/runtime.ts";
import { keyType } from "../analyse/statement.ts";
import type { MapInfo } from "../analyse/typed.ts";
import { storedKey } from "../compile/maps.ts";
import { type Data, type Reading, readData } from "../output/data.ts";
import {
  aggregated,
  type Entry,
  histogram,
  type MapData,
  type MapValue,
  sorted,
  type Words,
} from "../output/map-data.ts";
import { keyText } from "../output/text.ts";
import { fieldsOf, type Type } from "../types/type.ts";

/** The user's side of one map: bpf(2) on buffers in the machine's memory. */
export class MapReader {
  readonly info: MapInfo;
  readonly #map: RuntimeMap;
  readonly #key: number;
  readonly #value: number;

  constructor(info: MapInfo, map: RuntimeMap) {
    this.info = info;
    this.#map = map;
    this.#key = map.memory.allocate(map.spec.keySize);
    this.#value = map.memory.allocate(map.userValueSize);
  }

  /** Keys that are there now, as bytes. */
  #keys(): Uint8Array[] {
    const { memory, spec } = this.#map;
    const keys: Uint8Array[] = [];
    for (let at = 0; this.#map.nextKey(at, this.#key) === 0; at = this.#key)
      keys.push(memory.u8.slice(this.#key, this.#key + spec.keySize));
    return keys;
  }

  #look(key: Uint8Array): DataView | undefined {
    const { memory, userValueSize } = this.#map;
    memory.u8.set(key, this.#key);
    if (this.#map.userLookup(this.#key, this.#value) !== 0) return undefined;
    return new DataView(memory.u8.slice(this.#value, this.#value + userValueSize).buffer);
  }

  /** Removes every element. */
  clear(): void {
    for (const key of this.#keys()) {
      this.#map.memory.u8.set(key, this.#key);
      this.#map.userDelete(this.#key);
    }
  }

  /** Makes every value zero; the keys stay. */
  zero(): void {
    const { memory, userValueSize } = this.#map;
    for (const key of this.#keys()) {
      memory.u8.set(key, this.#key);
      memory.u8.fill(0, this.#value, this.#value + userValueSize);
      this.#map.userUpdate(this.#key, this.#value, 0);
    }
  }

  /** What is there now, in the order that it is printed. */
  read(reading: Reading): MapData {
    const { name, value: type } = this.info;
    const entries = type.kind === "aggregate" ? this.#aggregates(type, reading) : this.#plain(type, reading);
    const ordered = sorted(entries);
    const labels = ordered.map(({ key }) => (key === undefined ? "" : keyText(key, reading.names, 0).trim()));
    return { name, type, entries: ordered, labels };
  }

  #keyData(key: Uint8Array, reading: Reading): Data | undefined {
    if ((this.info.key?.length ?? 0) === 0) return undefined;
    const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
    const stored = storedKey(this.info);
    const type = keyType(this.info);
    // A histogram's key lies before the number of the row.
    const at = stored !== type && stored.kind === "tuple" ? fieldsOf(stored).fields[0]!.offset : 0;
    return readData(view, at, type, reading);
  }

  #plain(type: Type, reading: Reading): Entry[] {
    return this.#keys().flatMap((key) => {
      const view = this.#look(key);
      if (view === undefined) return [];
      return [
        {
          key: this.#keyData(key, reading),
          value: { kind: "value", data: readData(view, 0, type, reading) } as MapValue,
        },
      ];
    });
  }

  #aggregates(type: Extract<Type, { kind: "aggregate" }>, reading: Reading): Entry[] {
    const bucketed = type.name === "hist" || type.name === "lhist" || type.name === "tseries";
    const groups = new Map<string, { readonly key: Uint8Array; readonly rows: Map<number, Words> }>();
    for (const key of this.#keys()) {
      const view = this.#look(key);
      if (view === undefined) continue;
      const words = this.#words(view);
      const end = bucketed ? key.length - 8 : key.length;
      const bucket = bucketed ? Number(new DataView(key.buffer, key.byteOffset).getBigUint64(end, true)) : 0;
      const name = String.fromCharCode(...key.subarray(0, end));
      const group = groups.get(name) ?? { key, rows: new Map<number, Words>() };
      group.rows.set(bucket, words);
      groups.set(name, group);
    }
    return [...groups.values()].map(({ key, rows }) => ({
      key: this.#keyData(key, reading),
      value: combined(type, rows),
    }));
  }

  /** The words of each CPU's value. */
  #words(view: DataView): Words {
    const stride = this.#map.spec.valueSize;
    const cpus = view.byteLength / stride;
    return Array.from({ length: cpus }, (_, cpu) =>
      Array.from({ length: stride / 8 }, (_unused, word) => view.getBigUint64(cpu * stride + word * 8, true)),
    );
  }
}

function combined(type: Extract<Type, { kind: "aggregate" }>, rows: ReadonlyMap<number, Words>): MapValue {
  const { name, signed, parameters } = type;
  if (name === "hist" || name === "lhist") {
    const counts = new Map(
      [...rows].map(([bucket, cpus]) => [bucket, cpus.reduce((sum, words) => sum + words[0]!, 0n)]),
    );
    return histogram(type, counts);
  }
  if (name !== "tseries") return aggregated(name, signed, rows.get(0)!);
  const [interval = 1n, most = 1n, how = -1n] = parameters;
  const last = Math.max(...rows.keys());
  const points: { interval: bigint; value: bigint }[] = [];
  for (let at = Math.max(Math.min(...rows.keys()), last - Number(most) + 1); at <= last; at++)
    points.push({ interval: BigInt(at) * interval, value: pointOf(rows.get(at), signed, Number(how)) });
  return { kind: "series", points };
}

const SERIES = ["avg", "max", "min", "sum"] as const;

/** What the CPUs' values of one interval come to: 0 where there was none. */
function pointOf(cpus: Words | undefined, signed: boolean, how: number): bigint {
  if (cpus === undefined) return 0n;
  const word = (value: bigint) => (signed ? BigInt.asIntN(64, value) : value);
  const name = SERIES[how];
  if (name === undefined) {
    const latest = cpus.reduce((a, b) => (b[2]! > a[2]! ? b : a));
    return word(latest[0]!);
  }
  const value = aggregated(name, signed, cpus);
  if (value.kind === "average") return value.average;
  return value.kind === "value" && value.data.kind === "integer" ? value.data.value : 0n;
}
