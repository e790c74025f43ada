import { r0, r1, r2, r3, r4, r7, store } from "../../asm/builder.ts";
import { keyType } from "../analyse/statement.ts";
import type { Action, MapInfo, Value } from "../analyse/typed.ts";
import { fieldsOf, isScalar, sizeOfType, type Type } from "../types/type.ts";
import { bucketOf } from "./buckets.ts";
import { behind, type Emitter, type Place } from "./emitter.ts";
import { FIRST_MAP, storedKey, storedSize, valueSize } from "./maps.ts";
import { materialize } from "./memory.ts";
import { scalar } from "./scalar.ts";

/** Puts a key where helpers find it. The last part of a histogram's key is left free. */
export function keyPlace(e: Emitter, map: MapInfo, parts: readonly Value[]): Place {
  const stored = storedKey(map);
  const size = storedSize(stored);
  const place = e.allocate(size);
  if (parts.length === 0) {
    e.zero(place, size);
    return place;
  }
  const type = keyType(map);
  const only = parts[0]!;
  const one = (map.key?.length ?? 0) === 1 || only.type.kind === "tuple";
  if (one && parts.length === 1) {
    if (storedSize(type) < size) e.zero(place, size);
    materialize(e, only, place, type, true);
    return place;
  }
  const tuple: Value = {
    op: "tuple",
    elements: parts,
    type: { kind: "tuple", elements: parts.map((part) => part.type) },
  };
  if (sizeOfType(type) < size) e.zero(place, size);
  materialize(e, tuple, place, type, true);
  return place;
}

/** `r0 = the element's value, or 0`; gives back where the key lies. */
export function lookup(e: Emitter, map: MapInfo, parts: readonly Value[]): Place {
  const key = keyPlace(e, map, parts);
  find(e, map, key);
  return key;
}

function find(e: Emitter, map: MapInfo, key: Place): void {
  e.emit(r1.loadMap(FIRST_MAP + map.index));
  e.address(r2, key);
  e.helper("map_lookup_elem");
}

function update(e: Emitter, map: MapInfo, key: Place, value: Place): void {
  e.emit(r1.loadMap(FIRST_MAP + map.index));
  e.address(r2, key);
  e.address(r3, value);
  e.emit(r4.mov(0));
  e.helper("map_update_elem");
}

/** `@m[k] = v` */
export function setMap(e: Emitter, { map, key, value }: Extract<Action, { do: "set-map" }>): void {
  // The value first: it may come from the same map.
  const size = valueSize(map);
  const to = e.allocate(size);
  const { value: type } = map;
  if (!isScalar(type) && sizeOfType(type) < size) e.zero(to, size);
  materialize(e, value, to, type, true);
  const at = keyPlace(e, map, key);
  update(e, map, at, to);
}

/** `delete(@m[k])` */
export function deleteKey(e: Emitter, map: MapInfo, parts: readonly Value[]): void {
  const key = keyPlace(e, map, parts);
  e.emit(r1.loadMap(FIRST_MAP + map.index));
  e.address(r2, key);
  e.helper("map_delete_elem");
}

/** `@m[k] = count()` and its relatives: each CPU has a value of its own, so nothing needs to be atomic. */
export function aggregate(e: Emitter, { map, key: parts, name, value }: Extract<Action, { do: "aggregate" }>): void {
  const { value: type } = map;
  if (type.kind !== "aggregate") throw e.fault("an aggregation has no other type");
  const number = e.allocate(8);
  if (value !== undefined) {
    scalar(e, value);
    e.emit(store("u64", number.base, number.offset, r0));
  }
  const key = keyPlace(e, map, parts);
  if (name === "hist" || name === "lhist" || name === "tseries") {
    e.emit(r0.load("u64", number.base, number.offset));
    bucketOf(e, name, type.parameters);
    const stored = storedKey(map) as Extract<Type, { kind: "tuple" }>;
    const bucket = behind(key, fieldsOf(stored).fields.at(-1)!.offset);
    e.emit(store("u64", bucket.base, bucket.offset, r0));
  }
  find(e, map, key);
  const missing = e.newLabel();
  const end = e.newLabel();
  e.emit(r0.jeq(0, missing));
  merge(e, name, type, number, end);
  e.jump(end);
  e.label(missing);
  const first = e.allocate(valueSize(map));
  const counts = name === "count" || name === "hist" || name === "lhist";
  if (counts) e.emit(store("u64", first.base, first.offset, 1));
  else e.emit(r1.load("u64", number.base, number.offset), store("u64", first.base, first.offset, r1));
  if (valueSize(map) > 8) e.emit(store("u64", first.base, first.offset + 8, 1));
  if (name === "tseries") {
    e.helper("ktime_get_boot_ns");
    e.emit(store("u64", first.base, first.offset + 16, r0));
  }
  update(e, map, key, first);
  e.label(end);
}

/** Takes a number into what is there already, at r0. */
function merge(e: Emitter, name: string, type: Extract<Type, { kind: "aggregate" }>, number: Place, end: string): void {
  if (name === "count" || name === "hist" || name === "lhist") {
    e.emit(r1.load("u64", r0, 0), r1.add(1), store("u64", r0, 0, r1));
    return;
  }
  e.emit(r2.load("u64", number.base, number.offset));
  if (name === "tseries") {
    series(e, type, end);
    return;
  }
  e.emit(r1.load("u64", r0, 0));
  switch (name) {
    case "min":
      e.emit(type.signed ? r2.jsge(r1, end) : r2.jge(r1, end), store("u64", r0, 0, r2));
      return;
    case "max":
      e.emit(type.signed ? r2.jsle(r1, end) : r2.jle(r1, end), store("u64", r0, 0, r2));
      return;
    case "sum":
      e.emit(r1.add(r2), store("u64", r0, 0, r1));
      return;
    default:
      e.emit(r1.add(r2), store("u64", r0, 0, r1), r1.load("u64", r0, 8), r1.add(1), store("u64", r0, 8, r1));
  }
}

/** `tseries`: the last value of an interval, or what all of them come to. */
function series(e: Emitter, type: Extract<Type, { kind: "aggregate" }>, end: string): void {
  const how = Number(type.parameters[2]);
  e.emit(r1.load("u64", r0, 8), r1.add(1), store("u64", r0, 8, r1), r1.load("u64", r0, 0));
  switch (how) {
    case 0:
    case 3:
      e.emit(r1.add(r2), store("u64", r0, 0, r1));
      return;
    case 1:
      e.emit(type.signed ? r2.jsle(r1, end) : r2.jle(r1, end), store("u64", r0, 0, r2));
      return;
    case 2:
      e.emit(type.signed ? r2.jsge(r1, end) : r2.jge(r1, end), store("u64", r0, 0, r2));
      return;
    default:
      e.emit(store("u64", r0, 0, r2), r7.mov(r0));
      e.helper("ktime_get_boot_ns");
      e.emit(store("u64", r7, 16, r0));
  }
}

/** What an aggregation has come to over all CPUs, in r0. */
export function aggregateValue(e: Emitter, map: MapInfo, parts: readonly Value[]): void {
  const { value: type } = map;
  if (type.kind !== "aggregate") throw e.fault("an aggregation has no other type");
  e.temporarily(() => aggregateAt(e, map, keyPlace(e, map, parts)));
}

/** The same for a key that is in memory. */
export function aggregateAt(e: Emitter, map: MapInfo, key: Place): void {
  const { value: type } = map;
  if (type.kind !== "aggregate") throw e.fault("an aggregation has no other type");
  e.temporarily(() => {
    const total = e.allocate(8);
    const count = e.allocate(8);
    e.zero(total, 8);
    e.zero(count, 8);
    for (let cpu = 0; cpu < e.surroundings.cpus; cpu++) {
      const next = e.newLabel();
      e.emit(r1.loadMap(FIRST_MAP + map.index));
      e.address(r2, key);
      e.emit(r3.mov(cpu));
      e.helper("map_lookup_percpu_elem");
      e.emit(r0.jeq(0, next), r2.load("u64", r0, 0));
      if (type.name === "min" || type.name === "max") extreme(e, type, total, count, next);
      else {
        e.emit(r1.load("u64", total.base, total.offset), r1.add(r2), store("u64", total.base, total.offset, r1));
        if (type.name === "avg")
          e.emit(
            r2.load("u64", r0, 8),
            r1.load("u64", count.base, count.offset),
            r1.add(r2),
            store("u64", count.base, count.offset, r1),
          );
      }
      e.label(next);
    }
    e.emit(r0.load("u64", total.base, total.offset));
    if (type.name === "avg") e.emit(r1.load("u64", count.base, count.offset), type.signed ? r0.sdiv(r1) : r0.div(r1));
  });
}

function extreme(e: Emitter, type: Extract<Type, { kind: "aggregate" }>, total: Place, set: Place, next: string): void {
  const take = e.newLabel();
  e.emit(r1.load("u64", r0, 8), r1.jeq(0, next));
  e.emit(r1.load("u64", set.base, set.offset), r1.jeq(0, take), r1.load("u64", total.base, total.offset));
  if (type.name === "min") e.emit(type.signed ? r2.jsge(r1, next) : r2.jge(r1, next));
  else e.emit(type.signed ? r2.jsle(r1, next) : r2.jle(r1, next));
  e.label(take);
  e.emit(store("u64", total.base, total.offset, r2), store("u64", set.base, set.offset, 1));
}
