import type { LoadedProgram } from "../../loader/loaded-program.ts";
import type { BpfObject } from "../../loader/object/bpf-object.ts";
import type { Codec } from "../../maps/codec.ts";
import { u8, u16, u32, u64 } from "../../maps/codec.ts";
import { MapDeclaration } from "../../maps/declaration.ts";
import { perCpu } from "../../maps/percpu-codec.ts";
import { isPerCpu } from "../../maps/spec.ts";
import type { Inspector } from "../assignment/inspector.ts";

const NUMBERS: Readonly<Record<number, Codec<number> | Codec<bigint>>> = { 1: u8, 2: u16, 4: u32, 8: u64 };

/** Elements that are read of a map at most. */
const MOST = 10_000;

/**
 * A map of a loaded program as numbers by key; values of all CPUs are summed. The check ends where the program has no map of this
 * name or one with other sizes.
 *
 * @example readMap(it, program, "counts", 4, 8).get(17n) // 2n
 */
export function readMap(
  it: Inspector,
  { program }: LoadedProgram,
  name: string,
  keySize: number,
  valueSize: number,
): ReadonlyMap<bigint, bigint> {
  const index = program.spec.maps.findIndex((map) => map.name === name);
  const [spec, runtime] = [program.spec.maps[index], program.maps[index]];
  if (spec === undefined || runtime === undefined) {
    const names = program.spec.maps.map((map) => map.name).join(", ");
    return it.stop(`the program uses the map ${name}`, `its maps: ${names || "none"}`);
  }
  if (spec.keySize !== keySize || spec.valueSize !== valueSize) {
    const sizes = `keys of ${spec.keySize} and values of ${spec.valueSize} bytes`;
    return it.stop(`${name} has keys of ${keySize} and values of ${valueSize} bytes`, `it has ${sizes}`);
  }
  if (!/^(percpu_|lru_|lru_percpu_)?hash$|^(percpu_)?array$/.test(spec.type))
    return it.stop(`${name} is a hash or an array`, `it is of type ${spec.type}`);
  const [key, value] = [NUMBERS[keySize] as Codec<bigint>, NUMBERS[valueSize] as Codec<bigint>];
  const declared = isPerCpu(spec.type) ? { ...spec, key, value: perCpu(value) } : { ...spec, key, value };
  const found = new Map<bigint, bigint>();
  for (const [at, one] of new MapDeclaration<bigint, bigint | readonly bigint[]>(declared as never).see(runtime)) {
    const sum = Array.isArray(one)
      ? one.reduce((total: bigint, each) => total + BigInt(each), 0n)
      : BigInt(one as bigint);
    found.set(BigInt(at), sum);
    if (found.size >= MOST) break;
  }
  return found;
}

/** The same of a map of a loaded object: a hash with keys of four and values of eight bytes that are plain numbers. */
export function readObjectMap(it: Inspector, object: BpfObject, name: string): ReadonlyMap<number, bigint> {
  const map = Object.hasOwn(object.maps, name) ? object.maps[name] : undefined;
  if (map === undefined)
    return it.stop(`the object has the map ${name}`, `its maps: ${Object.keys(object.maps).join(", ") || "none"}`);
  if (map.type !== "hash" || map.keySize !== 4 || map.valueSize !== 8) {
    const is = `it is of type ${map.type}, with keys of ${map.keySize} and values of ${map.valueSize} bytes`;
    return it.stop(`${name} is a hash with keys of 4 and values of 8 bytes`, is);
  }
  const found = new Map<number, bigint>();
  for (const [key, value] of map) {
    if (typeof key !== "number" || (typeof value !== "bigint" && typeof value !== "number"))
      return it.stop(
        `${name} holds numbers`,
        "its types in C say otherwise: __type(key, __u32) and __type(value, __u64)",
      );
    found.set(key, BigInt(value));
    if (found.size >= MOST) break;
  }
  return found;
}
