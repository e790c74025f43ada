import { exit, r0, r1, r2, r3, r4, r6, r7, r9, r10, store } from "../../asm/builder.ts";
import { loadFunction } from "../../asm/builder-extensions.ts";
import { keyType } from "../analyse/statement.ts";
import type { Action, MapInfo } from "../analyse/typed.ts";
import { fieldsOf, sizeOfType, type Type } from "../types/type.ts";
import { compileActions } from "./action.ts";
import { behind, type Emitter } from "./emitter.ts";
import { aggregateAt } from "./map-access.ts";
import { FIRST_MAP } from "./maps.ts";

/** `r0 = bpf_for_each_map_elem(map, function, r3, 0)`: how many elements the function was called for. */
function forEach(e: Emitter, map: MapInfo, name: string): void {
  e.emit(r1.loadMap(FIRST_MAP + map.index), loadFunction(r2, name), r4.mov(0));
  e.helper("for_each_map_elem");
}

/**
 * `for ($kv : @map) { ... }`: Linux calls a function for each element. It has a stack of its own, so r6 and r9 go to it through
 * the caller's, and variables lie in scratch memory.
 */
export function mapLoop(e: Emitter, { variable, map, body }: Extract<Action, { do: "for-map" }>): void {
  const pair = e.variable(variable);
  e.temporarily(() => {
    const saved = e.allocate(16);
    const returned = e.allocateScratch(8);
    const name = e.newLabel();
    e.emit(store("u64", saved.base, saved.offset, r6), store("u64", saved.base, saved.offset + 8, r9));
    e.emit(store("u64", returned.base, returned.offset, 0));
    e.address(r3, saved);
    forEach(e, map, name);
    e.callback(name, () => {
      const [next, end, leave] = [e.newLabel(), e.newLabel(), e.newLabel()];
      e.leave = leave;
      e.emit(r6.load("u64", r4, 0), r9.load("u64", r4, 8));
      element(e, map, variable.type, pair);
      e.loops.push({ end, next });
      compileActions(e, body);
      e.label(next);
      e.emit(r0.mov(0), exit());
      e.label(leave);
      e.emit(store("u64", returned.base, returned.offset, 1));
      e.label(end);
      e.emit(r0.mov(1), exit());
    });
    e.emit(r1.load("u64", returned.base, returned.offset), r1.jne(0, e.leave));
  });
}

/** Copies the key (at r2) and the value (at r3) into the loop's variable. */
function element(e: Emitter, map: MapInfo, type: Type, pair: ReturnType<Emitter["variable"]>): void {
  if (type.kind !== "tuple") throw e.fault("the variable of a loop over a map is a pair");
  const [first, second] = fieldsOf(type).fields;
  const [keyAt, valueAt] = [behind(pair, first!.offset), behind(pair, second!.offset)];
  e.temporarily(() => {
    const value = e.allocate(8);
    e.emit(store("u64", value.base, value.offset, r3), r7.mov(r2));
    e.copy(keyAt, { base: r7, offset: 0 }, sizeOfType(keyType(map)));
    if (map.value.kind === "aggregate") {
      aggregateAt(e, map, keyAt);
      e.store(valueAt, r0, second!.type);
      return;
    }
    e.emit(r7.load("u64", value.base, value.offset));
    e.copy(valueAt, { base: r7, offset: 0 }, sizeOfType(second!.type));
  });
}

/** `len(@map)`: the function does nothing, and Linux says how often it was called. */
export function mapSize(e: Emitter, map: MapInfo): void {
  const name = e.newLabel();
  e.emit(r3.mov(r10));
  forEach(e, map, name);
  e.callback(name, () => e.emit(r0.mov(0), exit()));
}
