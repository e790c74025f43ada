import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { HELPERS } from "../../src/helpers/table.ts";
import { createMap } from "../../src/maps/create.ts";
import { MAP_FLAGS } from "../../src/maps/flags.ts";
import type { RingbufMap } from "../../src/maps/ringbuf.ts";
import type { MapSpec, StorageType } from "../../src/maps/spec.ts";
import type { UserRingbufMap } from "../../src/maps/user-ringbuf.ts";
import { DIRECT_MAP_HIGH, FIRST_OFFSET } from "../../src/memory/memory.ts";
import { mapOf } from "../verifier/value-types.ts";
import { BareHost } from "./bare-host.ts";
import { packetUses } from "./packet-uses.ts";
import { bareSockets, socketUses } from "./socket-uses.ts";

let host: BareHost;
beforeEach(() => {
  host = new BareHost();
});

/** Makes a map; gives its header's offset, which programs pass. */
function make(spec: Partial<MapSpec>): number {
  const map = createMap(host.memory, host.maps.length, {
    type: "hash",
    name: "m",
    keySize: 4,
    valueSize: 8,
    maxEntries: 4,
    flags: 0,
    ...spec,
  });
  host.maps.push(map);
  return map.header;
}

const u32 = (...values: number[]): number => host.put(new Uint8Array(new Uint32Array(values).buffer));
const bytes = (at: number, size: number): number[] => [...host.memory.u8.slice(at, at + size)];

describe("maps", () => {
  test("lookup, update and delete reach the map that the header names", () => {
    const [first, second] = [make({}), make({ type: "array" })];
    const [key, value] = [u32(2), u32(7, 0)];
    expect(host.call("map_lookup_elem", first, key)).toBe(0);
    expect(host.call("map_update_elem", first, key, value, 0, 0)).toBe(0);
    expect(host.memory.u32[host.call("map_lookup_elem", first, key) >> 2]).toBe(7);
    expect(host.memory.u32[host.call("map_lookup_elem", second, key) >> 2]).toBe(0);
    expect(host.call("map_delete_elem", second, key)).toBe(-22);
    expect([host.call("map_delete_elem", first, key), host.call("map_delete_elem", first, key)]).toEqual([0, -2]);
  });

  test("flags count with all 64 bits", () => {
    const header = make({});
    const [key, value] = [u32(2), u32(7, 0)];
    expect(host.call("map_update_elem", header, key, value, 2, 0)).toBe(-2);
    expect(host.call("map_update_elem", header, key, value, 0, 1)).toBe(-22);
    expect(host.call("map_update_elem", header, key, value, 3, 0)).toBe(-22);
    expect(host.call("map_update_elem", header, key, value, 1, 0)).toBe(0);
    expect(host.call("map_update_elem", header, key, value, 1, 0)).toBe(-17);
  });

  test("a ring buffer: output, reserve, submit, discard, query", () => {
    const header = make({ type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: 4096 });
    const map = host.maps[0] as RingbufMap;
    const got: number[] = [];
    const read = (): number => map.consume((at) => got.push(host.memory.u32[at >> 2]));
    expect(host.call("ringbuf_output", header, u32(1), 4, 0, 0)).toBe(0);
    expect(host.call("ringbuf_output", header, u32(1), 4, 8, 0)).toBe(-22);
    expect(host.call("ringbuf_output", header, u32(1), 4, 0, 1)).toBe(-22);
    expect(host.call("ringbuf_output", header, u32(1), 5000, 0, 0)).toBe(-11);
    const [kept, dropped] = [1, 2].map(() => host.call("ringbuf_reserve", header, 20, 0, 0));
    host.memory.u32[kept >> 2] = 2;
    host.call("ringbuf_submit", kept, 0, 0);
    host.call("ringbuf_discard", dropped, 0, 0);
    expect(host.call("ringbuf_reserve", header, 20, 1, 0)).toBe(0);
    expect([0, 1, 3, 9].map((what) => host.u64(host.call("ringbuf_query", header, what, 0)))).toEqual([
      80n,
      4096n,
      80n,
      0n,
    ]);
    expect(read()).toBe(2);
    expect(got).toEqual([1, 2]);
    expect(host.u64(host.call("ringbuf_query", header, 0, 1))).toBe(0n);
  });

  test("what is no map's header finds nothing", () => {
    const key = u32(2);
    expect(host.call("map_lookup_elem", host.put("no map at all"), key)).toBe(0);
    expect(host.call("map_delete_elem", host.put("no map at all"), key)).toBe(-22);
  });
});

describe("what runs now", () => {
  test("the time, with all its bits", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (now) => {
        host.now = now;
        expect(host.u64(host.call("ktime_get_ns"))).toBe(BigInt(now));
        expect(host.u64(host.call("ktime_get_boot_ns"))).toBe(BigInt(now));
      }),
    );
  });

  test("the CPU, a random number, the task's numbers", () => {
    expect(host.call("get_smp_processor_id")).toBe(1);
    expect(host.u64(host.call("get_prandom_u32"))).toBe(0xdeadbeefn);
    expect(host.u64(host.call("get_current_pid_tgid"))).toBe((10n << 32n) | 12n);
    expect(host.u64(host.call("get_current_uid_gid"))).toBe((100n << 32n) | 1000n);
  });

  test.each([
    ["bash", 16, "bash"],
    ["bash", 4, "bas"],
    ["bash", 1, ""],
    ["fifteen_letters", 16, "fifteen_letters"],
    ["fifteen_letters", 32, "fifteen_letters"],
    ["more than fifteen letters", 32, "more than fifte"],
  ])("the task's name %o in %i bytes", (comm, size, wanted) => {
    host.current = { ...host.current, comm };
    const at = host.put(new Uint8Array(40).fill(0xaa));
    expect(host.call("get_current_comm", at, size)).toBe(0);
    expect(bytes(at, size)).toEqual([...new TextEncoder().encode(wanted.padEnd(size, "\0"))]);
    expect(bytes(at + size, 4)).toEqual([0xaa, 0xaa, 0xaa, 0xaa]);
  });
});

describe("probe_read_kernel", () => {
  test("copies from the direct map", () => {
    const [from, to] = [host.put("hello"), host.put(new Uint8Array(8).fill(1))];
    expect(host.call("probe_read_kernel", to, 5, from, DIRECT_MAP_HIGH)).toBe(0);
    expect(bytes(to, 8)).toEqual([104, 101, 108, 108, 111, 1, 1, 1]);
  });

  test("zeroes the destination and says why where nothing can be read", () => {
    const end = host.memory.u8.length;
    const wrong = [
      [0, 0, -34],
      [0x1000, 0x7fff, -34],
      [FIRST_OFFSET - 4, DIRECT_MAP_HIGH, -14],
      [end - 4, DIRECT_MAP_HIGH, -14],
      [FIRST_OFFSET, DIRECT_MAP_HIGH + 1, -14],
      [-16, -1, -14],
    ];
    for (const [low, high, errno] of wrong) {
      const to = host.put(new Uint8Array(9).fill(1));
      expect([low, high, host.call("probe_read_kernel", to, 8, low, high)]).toEqual([low, high, errno]);
      expect(bytes(to, 9)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
  });
});

describe("probe_read_kernel_str", () => {
  test.each([
    ["hello\0", 8, 6, "hello\0??"],
    ["hello\0", 6, 6, "hello\0??"],
    ["hello\0", 5, 5, "hell\0???"],
    ["hello\0", 1, 1, "\0???????"],
    ["hello\0", 0, 0, "????????"],
    ["\0", 8, 1, "\0???????"],
  ])("%o into %i bytes", (text, size, result, wanted) => {
    const [from, to] = [host.put(text), host.put("????????")];
    expect(host.call("probe_read_kernel_str", to, size, from, DIRECT_MAP_HIGH)).toBe(result);
    expect(String.fromCharCode(...bytes(to, 8))).toBe(wanted);
  });

  test("zeroes the destination where nothing can be read", () => {
    const to = host.put("????????");
    expect(host.call("probe_read_kernel_str", to, 4, 0, 0)).toBe(-34);
    expect(host.call("probe_read_kernel_str", to, 4, 8, DIRECT_MAP_HIGH)).toBe(-14);
    const end = host.memory.u8.length;
    host.memory.u8.fill(0x41, end - 8);
    expect(host.call("probe_read_kernel_str", to, 8, end - 8, DIRECT_MAP_HIGH)).toBe(8);
    expect(host.call("probe_read_kernel_str", to, 4, end - 2, DIRECT_MAP_HIGH)).toBe(-14);
    expect(String.fromCharCode(...bytes(to, 8))).toBe("\0\0\0\0AAA\0");
  });
});

describe("stacks", () => {
  /** Addresses 1 to n as [low, high] pairs. */
  const frames = (count: number): number[] => Array.from({ length: count }, (_, at) => [at + 1, -1]).flat();
  const stackAt = (header: number, id: number): bigint[] => {
    const map = host.maps.find((each) => each.header === header)!;
    const at = map.lookup(u32(id));
    return Array.from({ length: map.spec.valueSize / 8 }, (_, n) => host.memory.view.getBigUint64(at + 8 * n, true));
  };
  const address = (low: number): bigint => 0xffffffff_00000000n + BigInt(low);

  beforeEach(() => {
    host.stacks = { kernel: frames(5), user: [0x400000, 0, 0x400010, 0] };
  });

  test("get_stackid stores the kernel's stack, or the user's, after those skipped", () => {
    const header = make({ type: "stack_trace", valueSize: 32, maxEntries: 64 });
    const id = (flags: number): bigint[] => stackAt(header, host.call("get_stackid", 0, header, flags, 0));
    expect(id(0)).toEqual([1, 2, 3, 4].map(address));
    expect(id(2)).toEqual([...[3, 4, 5].map(address), 0n]);
    expect(id(256)).toEqual([0x400000n, 0x400010n, 0n, 0n]);
    expect(host.call("get_stackid", 0, header, 0, 0)).toBe(host.call("get_stackid", 0, header, 0, 0));
  });

  test("get_stackid refuses unknown flags, and stacks of nothing", () => {
    const header = make({ type: "stack_trace", valueSize: 32, maxEntries: 64 });
    expect(host.call("get_stackid", 0, header, 1 << 11, 0)).toBe(-22);
    expect(host.call("get_stackid", 0, header, 0, 1)).toBe(-22);
    expect(host.call("get_stackid", 0, make({}), 0, 0)).toBe(-22);
    expect(host.call("get_stackid", 0, header, 5, 0)).toBe(-14);
    host.stacks = { kernel: [], user: [] };
    expect(host.call("get_stackid", 0, header, 0, 0)).toBe(-14);
  });

  test("get_stackid: two stacks that want the only slot, with no room to swap them", () => {
    const header = make({ type: "stack_trace", valueSize: 8, maxEntries: 1 });
    const put = (low: number, flags: number): number => {
      host.stacks = { kernel: [low, -1], user: [] };
      return host.call("get_stackid", 0, header, flags, 0);
    };
    expect([put(1, 0), put(1, 0), put(2, 0), put(2, 1 << 10), put(2, 1 << 9)]).toEqual([0, 0, -17, -12, -17]);
    expect(stackAt(header, 0)).toEqual([address(1)]);
  });

  test("get_stack copies what fits and zeroes the rest", () => {
    const at = host.put(new Uint8Array(64).fill(0xaa));
    expect(host.call("get_stack", 0, at, 48, 0, 0)).toBe(40);
    expect(host.memory.view.getBigUint64(at + 32, true)).toBe(address(5));
    expect(bytes(at + 40, 8)).toEqual(Array(8).fill(0));
    expect(host.call("get_stack", 0, at, 16, 3, 0)).toBe(16);
    expect(host.memory.view.getBigUint64(at, true)).toBe(address(4));
    expect(host.call("get_stack", 0, at, 16, 5, 0)).toBe(0);
    expect(host.call("get_stack", 0, at, 16, 6, 0)).toBe(-14);
    expect(host.call("get_stack", 0, at, 12, 0, 0)).toBe(-22);
    expect(bytes(at, 13)).toEqual([...Array(12).fill(0), expect.any(Number)]);
  });

  test("no stack is longer than Linux's 127 addresses", () => {
    host.stacks = { kernel: frames(200), user: [] };
    const at = host.put(new Uint8Array(8 * 200));
    expect(host.call("get_stack", 0, at, 8 * 200, 0, 0)).toBe(8 * 127);
    expect(host.call("get_stack", 0, at, 8 * 200, 100, 0)).toBe(8 * 27);
  });
});

describe("growing memory", () => {
  const ringbuf = (): number => make({ type: "ringbuf", keySize: 0, valueSize: 0, maxEntries: 4096 });

  /** Arguments with which each helper that runs does its work, for a host whose every question grows the memory. */
  const uses: Readonly<Record<string, () => readonly number[]>> = {
    ...socketUses(
      () => host,
      (type) =>
        make(
          type === "cgroup_storage_deprecated"
            ? { type, keySize: 16, valueSize: 8, maxEntries: 0 }
            : { type, keySize: 4, valueSize: 4 },
        ),
    ),
    ...packetUses(
      () => host,
      (type) => make({ type, valueSize: 4 }),
    ),
    map_lookup_elem: () => [make({}), u32(1)],
    map_update_elem: () => [make({}), u32(1), u32(1, 2), 0, 0],
    map_delete_elem: () => [make({}), u32(1)],
    ringbuf_output: () => [ringbuf(), u32(1, 2), 8, 0, 0],
    ringbuf_reserve: () => [ringbuf(), 8, 0, 0],
    ringbuf_submit: () => [host.call("ringbuf_reserve", ringbuf(), 8, 0, 0), 0, 0],
    ringbuf_discard: () => [host.call("ringbuf_reserve", ringbuf(), 8, 0, 0), 0, 0],
    ringbuf_query: () => [ringbuf(), 1, 0],
    map_push_elem: () => [make({ type: "queue", keySize: 0 }), u32(1, 2), 0, 0],
    map_pop_elem: () => [make({ type: "queue", keySize: 0 }), u32(1, 2)],
    map_peek_elem: () => [make({ type: "stack", keySize: 0 }), u32(1, 2)],
    map_lookup_percpu_elem: () => [make({ type: "percpu_array" }), u32(1), 0, 0],
    perf_event_output: () => [0, make({ type: "perf_event_array", valueSize: 4 }), -1, 0, u32(1, 2), 8],
    strtol: () => [host.put("-12"), 3, 0, 0, u32(0, 0)],
    strtoul: () => [host.put("0x12"), 4, 0, 0, u32(0, 0)],
    strncmp: () => [host.put("abc"), 3, host.put("abd\0")],
    snprintf: () => [u32(0, 0), 8, host.put("%d %d\0"), u32(1, 0, 2, 0), 16],
    seq_printf: () => [64, host.put("%d %d\0"), 6, u32(1, 0, 2, 0), 16],
    seq_write: () => [64, host.put("line"), 4],
    trace_vprintk: () => [host.put("%d %d %d %d\0"), 12, u32(1, 0, 2, 0, 3, 0, 4, 0), 32],
    csum_diff: () => [u32(1), 4, u32(2), 4, 0, 0],
    ktime_get_coarse_ns: () => [],
    jiffies64: () => [],
    get_numa_node_id: () => [],
    probe_read: () => [u32(0, 0), 8, u32(1, 2), DIRECT_MAP_HIGH],
    probe_read_str: () => [u32(0, 0), 8, u32(0x41414141, 0), 0x7f00],
    probe_read_user: () => [u32(0, 0), 8, u32(1, 2), 0x7f00],
    probe_read_user_str: () => [u32(0, 0), 8, u32(0x41414141, 0), 0x7f00],
    ktime_get_ns: () => [],
    ktime_get_boot_ns: () => [],
    get_prandom_u32: () => [],
    get_smp_processor_id: () => [],
    get_current_pid_tgid: () => [],
    get_current_uid_gid: () => [],
    get_current_task: () => [],
    get_current_task_btf: () => [],
    get_current_comm: () => [u32(0, 0, 0, 0), 16],
    trace_printk: () => [host.put("x %d\0"), 5, 7, 0, 0, 0, 0, 0],
    probe_read_kernel: () => [u32(0, 0), 8, u32(1, 2), DIRECT_MAP_HIGH],
    probe_read_kernel_str: () => [u32(0, 0), 8, u32(0x41414141, 0), DIRECT_MAP_HIGH],
    get_stackid: () => [0, make({ type: "stack_trace", valueSize: 64 }), 0, 0],
    get_stack: () => [0, u32(0, 0, 0, 0), 16, 0, 0],
    for_each_map_elem: () => [make({ type: "array" }), growing(), 0, 0, 0],
    loop: () => [3, 0, growing(), 0, 0, 0],
    get_func_ip: () => [u32(1, 2, 2, 1, 7, 0, 8, 0) + 16],
    get_attach_cookie: () => [0],
    override_return: () => [0, 1, 0],
    get_func_arg_cnt: () => [u32(1, 2, 2, 1, 7, 0, 8, 0) + 16],
    get_func_arg: () => [u32(1, 2, 2, 1, 7, 0, 8, 0) + 16, 1, 0, u32(0, 0)],
    get_func_ret: () => [u32(1, 2, 1, 1, 7, 0, 8, 0) + 16, u32(0, 0)],
    spin_lock: () => [u32(0)],
    spin_unlock: () => [u32(1)],
    timer_init: () => [u32(0, 0, 0, 0), make({ type: "array" }), 1, 0],
    timer_set_callback: () => [u32(8, 0, 0, 0), growing()],
    timer_start: () => [u32(8, growing(), 0, 0), 1000, 0, 0, 0],
    task_storage_get: () => [storage("task_storage"), 64, 0, 1, 0],
    task_storage_delete: () => [storage("task_storage"), 64],
    inode_storage_get: () => [storage("inode_storage"), 64, u32(1, 2), 1, 0],
    inode_storage_delete: () => [storage("inode_storage"), 64],
    sk_storage_get: () => [storage("sk_storage"), 64, 0, 1, 0],
    sk_storage_delete: () => [storage("sk_storage"), 64],
    cgrp_storage_get: () => [storage("cgrp_storage"), 64, 0, 1, 0],
    cgrp_storage_delete: () => [storage("cgrp_storage"), 64],
    dynptr_from_mem: () => [u32(1, 2), 8, 0, 0, u32(0, 0, 0, 0)],
    dynptr_read: () => [u32(0, 0), 8, dynptr(), 0, 0, 0, 0],
    dynptr_write: () => [dynptr(), 0, 0, u32(3, 4), 8, 0, 0],
    dynptr_data: () => [dynptr(), 0, 0, 8],
    ringbuf_reserve_dynptr: () => [ringbuf(), 8, 0, 0, 0, u32(0, 0, 0, 0)],
    ringbuf_submit_dynptr: () => [u32(host.call("ringbuf_reserve", ringbuf(), 16, 0, 0), DIRECT_MAP_HIGH, 16, 0), 0, 0],
    ringbuf_discard_dynptr: () => [u32(0, 0, 0, 0), 0, 0],
    user_ringbuf_drain: () => {
      const header = make({ type: "user_ringbuf", keySize: 0, valueSize: 0, maxEntries: 4096 });
      const orders = host.maps.at(-1) as UserRingbufMap;
      for (let i = 0; i < 2; i++) orders.submit(orders.reserve(8));
      return [header, growing(), 0, 0, 0];
    },
    get_current_cgroup_id: () => [],
    get_current_ancestor_cgroup_id: () => [0],
    current_task_under_cgroup: () => [make({ type: "cgroup_array", valueSize: 4 }), 0, 0],
    get_ns_current_pid_tgid: () => [4, 0, 0xeffffffc | 0, 0, u32(1, 2), 8],
    send_signal: () => [9, 0],
    send_signal_thread: () => [9, 0],
    d_path: () => [64, u32(1, 2, 3, 4), 16],
    copy_from_user: () => [u32(0, 0), 8, u32(1, 2), 0x7f00],
    ktime_get_tai_ns: () => [],
    timer_cancel: () => [u32(8, 1, 1, 2)],
  };

  function storage(type: StorageType): number {
    return make({ ...mapOf(type, "s", "plain"), maxEntries: 0, flags: MAP_FLAGS.NO_PREALLOC });
  }

  /** A dynptr over 16 bytes. */
  function dynptr(): number {
    const at = u32(0, 0, 0, 0);
    host.call("dynptr_from_mem", u32(1, 2, 3, 4), 16, 0, 0, at);
    return at;
  }

  /** The address of a callback that grows memory. */
  function growing(): number {
    const address = host.callbacks.reserve();
    host.callbacks.define(address, () => {
      host.memory.allocate(host.memory.u8.length);
      return 0;
    });
    return address;
  }

  /** Grows memory, which detaches every view taken before, in the middle of every helper that asks the host. */
  class GrowingHost extends BareHost {
    #grow<T>(answer: T): T {
      this.memory.allocate(this.memory.u8.length);
      return answer;
    }
    override readonly sockets = bareSockets((answer) => this.#grow(answer));
    override ktimeNs(): number {
      return this.#grow(2 ** 40 + 5);
    }
    override cpu(): number {
      return this.#grow(1);
    }
    override task(): BareHost["current"] {
      return this.#grow(this.current);
    }
    override random(): number {
      return this.#grow(5);
    }
    override userOffset(low: number): number {
      return this.#grow(low);
    }
    override trace(line: string): void {
      this.#grow(super.trace(line));
    }
    override stack(): readonly number[] {
      return this.#grow([1, -1, 2, -1]);
    }
  }

  test("every helper that runs is here", () => {
    expect(Object.keys(uses).sort()).toEqual(
      HELPERS.filter((row) => row.implement)
        .map((row) => row.name)
        .sort(),
    );
  });

  test.each(Object.keys(uses))("inside and between calls of %s", (name) => {
    const results = [BareHost, GrowingHost].map((Kind) => {
      host = new Kind();
      host.stacks = { kernel: [1, -1, 2, -1], user: [] };
      const args = uses[name]();
      if (/^ktime|^jiffies/.test(name)) host.now = 2 ** 40 + 5;
      const before = host.call(name, ...args);
      host.memory.allocate(host.memory.u8.length);
      const after = host.call(name, ...args);
      const [to] = args;
      const written = typeof to === "number" && to > 0 ? bytes(to, 16) : [];
      return { before, after, written, high: host.memory.i32[4] };
    });
    if (name === "get_prandom_u32") expect(results[1]).toMatchObject({ before: 5, after: 5, high: 0 });
    else expect(results[1]).toEqual(results[0]);
  });
});
