/** Timers in map values, driven by hand and by the machine's clock. */
import { expect, test } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import { createMap } from "../../src/maps/create.ts";
import { mapOf } from "../verifier/value-types.ts";
import { BareHost } from "./bare-host.ts";

function timed(type: "array" | "hash") {
  const host = new BareHost();
  const map = createMap(host.memory, host.maps.length, mapOf(type, "timed", "timed"));
  host.maps.push(map);
  const key = host.put(Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0));
  if (type === "hash") map.update(key, host.put(new Uint8Array(32)), 0);
  const value = map.lookup(key);
  const timer = value + 8;
  const calls: number[][] = [];
  const address = host.callbacks.reserve();
  host.callbacks.define(address, (...halves) => {
    calls.push([halves[0]!, host.memory.u32[halves[2]! >>> 2]!, halves[4]!]);
    return 0;
  });
  const expireAll = () => {
    for (const { run } of host.planned.splice(0)) run();
  };
  return { host, map, key, value, timer, calls, address, expireAll };
}

test.each(["array", "hash"] as const)("a timer of an %s calls back with map, key and value, once", (type) => {
  const { host, map, value, timer, calls, address, expireAll } = timed(type);
  expect(host.call("timer_start", timer, 1000, 0, 0, 0)).toBe(-22);
  expect(host.call("timer_init", timer, map.header, 1, 0)).toBe(0);
  expect(host.call("timer_init", timer, map.header, 1, 0)).toBe(-16);
  expect(host.call("timer_init", timer, map.header, 3, 0)).toBe(-22);
  expect(host.call("timer_start", timer, 1000, 0, 0, 0)).toBe(-22);
  expect(host.call("timer_set_callback", timer, address)).toBe(0);
  expect(host.call("timer_start", timer, 1000, 0, 4, 0)).toBe(-22);
  host.now = 500;
  expect(host.call("timer_start", timer, 1000, 0, 0, 0)).toBe(0);
  expect(host.planned.map(({ at }) => at)).toEqual([1500]);
  expireAll();
  expireAll();
  expect(calls).toEqual([[map.header, 2, value]]);
  host.call("timer_start", timer, 2000, 0, 1, 0);
  expect(host.planned.map(({ at }) => at)).toEqual([2000]);
});

test("a timer that is started anew or cancelled does not expire as before", () => {
  const { host, map, timer, calls, address, expireAll } = timed("array");
  host.call("timer_init", timer, map.header, 1, 0);
  host.call("timer_set_callback", timer, address);
  host.call("timer_start", timer, 1000, 0, 0, 0);
  host.call("timer_start", timer, 2000, 0, 0, 0);
  expireAll();
  expect(calls).toHaveLength(1);
  host.call("timer_start", timer, 1000, 0, 0, 0);
  expect(host.call("timer_cancel", timer)).toBe(1);
  expect(host.call("timer_cancel", timer)).toBe(0);
  expireAll();
  expect(calls).toHaveLength(1);
  // Linux forgets the function of a cancelled timer.
  expect(host.call("timer_start", timer, 1000, 0, 0, 0)).toBe(-22);
});

test("a timer's function may start it again, and not cancel it", () => {
  const { host, map, timer, address, expireAll } = timed("hash");
  const answers: number[] = [];
  host.callbacks.define(address, () => {
    answers.push(host.call("timer_cancel", timer), host.call("timer_start", timer, 10, 0, 0, 0));
    return 0;
  });
  host.call("timer_init", timer, map.header, 1, 0);
  host.call("timer_set_callback", timer, address);
  host.call("timer_start", timer, 10, 0, 0, 0);
  expireAll();
  expireAll();
  expect(answers).toEqual([-35, 0, -35, 0]);
});

test("a timer whose element is gone does not expire", () => {
  const { host, map, key, timer, calls, address, expireAll } = timed("hash");
  host.call("timer_init", timer, map.header, 1, 0);
  host.call("timer_set_callback", timer, address);
  host.call("timer_start", timer, 10, 0, 0, 0);
  map.delete(key);
  expireAll();
  expect(calls).toEqual([]);
});

test("the machine's clock lets them expire; going back forgets those that were started since", async () => {
  const linux = new Linux({ cpus: 2, seed: 1 });
  const seen: number[] = [];
  const note = () => void seen.push(linux.ktimeNs());
  linux.later(3_000_000, note);
  const back = linux.remember();
  linux.later(1_000_000, note);
  back();
  linux.later(2_000_000, note);
  await linux.run("10ms");
  expect(seen).toHaveLength(2);
  expect(seen[0]).toBeGreaterThanOrEqual(2_000_000);
  expect(seen[1]).toBeGreaterThanOrEqual(3_000_000);
  expect(seen[1]).toBeLessThan(3_100_000);
});
