import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";
import { workloads } from "../../src/linux/workloads/index.ts";

/** What a field of 8 bytes says in each event of a tracepoint. */
function watch(linux: Linux, hook: string, offset: number, see: (value: bigint, at: number) => void): void {
  linux.hooks.attach(hook, { run: (at) => see(linux.memory.view.getBigUint64(at + offset, true), at) });
}

const PTR = 16;

describe("objects of slabs", () => {
  it.each(["build", "database", "shellSession"] as const)("what is freed was allocated, and once: %s", (name) => {
    const linux = new Linux({ seed: 7 });
    const live = new Map<bigint, number>();
    const wrong: bigint[] = [];
    let freed = 0;
    const take = (at: bigint) => void live.set(at, (live.get(at) ?? 0) + 1);
    const give = (at: bigint) => {
      freed++;
      if (live.get(at) !== 1) wrong.push(at);
      live.delete(at);
    };
    for (const hook of ["kmem_cache_alloc", "kmalloc"]) watch(linux, `tracepoint:kmem:${hook}`, PTR, take);
    for (const hook of ["kmem_cache_free", "kfree"]) watch(linux, `tracepoint:kmem:${hook}`, PTR, give);
    linux.spawn(workloads[name]());
    linux.runUntil(3e9);
    expect(freed).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
    expect([...live.values()].every((count) => count === 1)).toBe(true);
    expect(live.has(0n)).toBe(false);
  });
});

describe("work queues and timers", () => {
  it("a work is queued by the timer's interrupt, and executed once by the worker", () => {
    const linux = new Linux({ seed: 7 });
    const order: string[] = [];
    const hooks = [
      "timer:timer_start",
      "timer:timer_expire_entry",
      "workqueue:workqueue_queue_work",
      "workqueue:workqueue_activate_work",
      "timer:timer_expire_exit",
      "workqueue:workqueue_execute_start",
      "writeback:writeback_start",
      "workqueue:workqueue_execute_end",
    ];
    let timer: bigint | undefined;
    for (const hook of hooks) {
      watch(linux, `tracepoint:${hook}`, 8, (pointer, at) => {
        // Journals have timers of their own.
        const callback = linux.memory.view.getBigUint64(at + 16, true);
        if (hook === "timer:timer_start" && callback === linux.symbolAddress("delayed_work_timer_fn"))
          timer ??= pointer;
        if (hook.startsWith("timer:") && pointer !== timer) return;
        const line = `${hook.slice(hook.indexOf(":") + 1)} ${linux.task().comm}`;
        if (order.at(-1) !== line) order.push(line);
      });
    }
    linux.process({
      comm: "writer",
      *program(sys: Sys): UserCode<void> {
        const fd = yield sys.openat("/tmp/x", 0o101, 0o644);
        yield sys.write(fd, 4096);
        yield sys.close(fd);
      },
    });
    linux.runUntil(6e9);
    expect(order).toEqual([
      "timer_start writer",
      "timer_expire_entry swapper/0",
      "workqueue_queue_work swapper/0",
      "workqueue_activate_work swapper/0",
      "timer_expire_exit swapper/0",
      "workqueue_execute_start kworker/u8:1",
      "writeback_start kworker/u8:1",
      "workqueue_execute_end kworker/u8:1",
    ]);
  });

  it("an idle CPU stops its tick", () => {
    const linux = new Linux({ seed: 7 });
    let stops = 0;
    linux.hooks.attach("tracepoint:timer:tick_stop", { run: () => void stops++ });
    linux.spawn(workloads.webServer({ rate: 20 }));
    linux.runUntil(1e9);
    expect(stops).toBeGreaterThan(5);
  });
});

describe("addresses of sockets", () => {
  it("lie in the program's memory as struct sockaddr, for bind and connect", () => {
    const linux = new Linux({ seed: 7 });
    const seen: string[] = [];
    for (const call of ["bind", "connect"]) {
      // uservaddr, or umyaddr: the second argument.
      watch(linux, `tracepoint:syscalls:sys_enter_${call}`, 24, (pointer) => {
        const at = linux.userOffset(Number(pointer & 0xffff_ffffn), Number(pointer >> 32n), 16);
        const bytes = linux.memory.u8.slice(at, at + 16);
        const view = new DataView(bytes.buffer);
        seen.push(`${call} ${view.getUint16(0, true)} ${view.getUint16(2)} ${bytes.slice(4, 8).join(".")}`);
      });
    }
    linux.process({
      comm: "client",
      *program(sys: Sys): UserCode<void> {
        const fd = yield sys.socket();
        yield sys.bind(fd, 4000, "127.0.0.1");
        yield sys.connect(fd, "127.0.0.1", 9);
      },
    });
    linux.runUntil(1e8);
    expect(seen).toEqual(["bind 2 4000 127.0.0.1", "connect 2 9 127.0.0.1"]);
  });
});
