import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import { Skb } from "../../src/linux/net/skb.ts";
import { Sock } from "../../src/linux/net/sock.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { Machine } from "../../src/machine.ts";

/** A client that counts. */
function client() {
  const seen = { bytes: 0, closed: 0, times: [] as number[] };
  return {
    seen,
    received: (bytes: number, time: number) => {
      seen.bytes += bytes;
      seen.times.push(time);
    },
    closed: () => void seen.closed++,
  };
}

/** Opens a port, then serves `serve` connections, one after the other. */
function* server(sys: Sys, backlog: number, serve: number, think: number): UserCode {
  const listener = yield sys.socket();
  yield sys.bind(listener, 8080);
  yield sys.listen(listener, backlog);
  for (let i = 0; i < serve; i++) {
    const connection = yield sys.accept(listener);
    const bytes = yield sys.read(connection, 4096);
    yield sys.nanosleep(think);
    yield sys.write(connection, bytes * 2);
    yield sys.close(connection);
  }
  yield sys.close(listener);
}

describe("connections", () => {
  it("bring a request in and an answer out, both taking time on the wire", () => {
    const linux = new Linux();
    linux.process({ comm: "server", program: (sys) => server(sys, 8, 1, 1) });
    const one = client();
    linux.network.request(1_000_000, 8080, 333, one);
    linux.runUntil(100_000_000);
    expect(one.seen).toMatchObject({ bytes: 666, closed: 1 });
    // SYN, SYN and ACK, request, answer: four times 120 µs on the wire.
    expect(one.seen.times[0]).toBeGreaterThan(1_480_000);
    expect(one.seen.times[0]).toBeLessThan(1_550_000);
    expect(linux.tasks()).toEqual([]);
  });

  it("wait in the backlog as long as it has room", () => {
    const linux = new Linux();
    linux.process({ comm: "server", program: (sys) => server(sys, 3, 100, 10_000_000) });
    const clients = Array.from({ length: 10 }, client);
    for (const [index, one] of clients.entries()) linux.network.request(1_000_000 + index, 8080, 100, one);
    linux.runUntil(1e9);
    const answered = clients.filter(({ seen }) => seen.closed === 1).length;
    // One was accepted while the others came, or before; three waited.
    expect(answered).toBeGreaterThanOrEqual(3);
    expect(answered).toBeLessThanOrEqual(4);
    for (const { seen } of clients) expect(seen.bytes).toBe(seen.closed * 200);
  });

  it("find nobody at a closed port", () => {
    const linux = new Linux();
    const one = client();
    linux.network.request(10, 81, 5, one);
    linux.runUntil(1e9);
    expect(one.seen).toMatchObject({ bytes: 0, closed: 0 });
  });

  it("may be read in pieces, and wait for the request", () => {
    const linux = new Linux();
    const pieces: number[] = [];
    linux.process({
      comm: "server",
      *program(sys) {
        const listener = yield sys.socket();
        yield sys.bind(listener, 9);
        yield sys.listen(listener, 1);
        const connection = yield sys.accept(listener);
        for (let left = 1000; left > 0; left -= pieces.at(-1)!) pieces.push(yield sys.read(connection, 300));
      },
    });
    linux.network.request(1_000_000, 9, 1000, client());
    linux.runUntil(1e9);
    expect(pieces).toEqual([300, 300, 300, 100]);
  });
});

describe("sockets", () => {
  it("say what is wrong", () => {
    const linux = new Linux();
    linux.files.create("/x", 5);
    const results: number[] = [];
    linux.process({
      comm: "test",
      *program(sys) {
        const file = yield sys.openat("/x", 2);
        const first = yield sys.socket();
        results.push(yield sys.accept(first));
        results.push(yield sys.accept(file));
        results.push(yield sys.bind(77, 80));
        results.push(yield sys.read(first, 10));
        results.push(yield sys.write(first, 10));
        yield sys.bind(first, 80);
        results.push(yield sys.listen(first, 5));
        const second = yield sys.socket();
        results.push(yield sys.bind(second, 80));
      },
    });
    linux.runUntil(1e9);
    const [EINVAL, ENOTSOCK, EBADF, ENOTCONN, EPIPE, EADDRINUSE] = [-22, -88, -9, -107, -32, -98];
    expect(results).toEqual([EINVAL, ENOTSOCK, EBADF, ENOTCONN, EPIPE, 0, EADDRINUSE]);
  });
});

describe("devices", () => {
  it("are places to attach to, and files", () => {
    const linux = new Linux();
    const hooks = linux.hooks.list();
    for (const hook of ["xdp:eth0", "tc:eth0:ingress", "tcx:eth0:egress", "tcx:lo:egress"])
      expect(hooks).toContain(hook);
    expect(hooks).not.toContain("xdp:lo");
    const read = (path: string) => new Machine().cat(path);
    expect(read("/sys/class/net/eth0/address")).toBe("02:00:00:00:00:02\n");
    expect(read("/sys/class/net/lo/operstate")).toBe("unknown\n");
    expect(read("/sys/class/net/eth0/statistics/rx_packets")).toBe("0\n");
  });

  it("raise the tracepoints of their interrupts", () => {
    const linux = new Linux();
    const lines = new Set<number>();
    const run = (at: number) => void lines.add(linux.memory.view.getInt32(at + 8, true));
    linux.hooks.attach("tracepoint:irq:irq_handler_entry", { run });
    linux.spawn(workloads.webServer());
    linux.runUntil(50e6);
    // The card's queue of each CPU.
    expect([...lines]).toEqual(expect.arrayContaining([40, 41]));
    // The disk's.
    expect(lines).toContain(linux.disk.line.irq);
  });
});

it("packets and sockets that have gone leave no struct behind", () => {
  const linux = new Linux();
  linux.hooks.attach("tp_btf:netif_receive_skb", { run() {} });
  linux.hooks.attach("tp_btf:inet_sock_set_state", { run() {} });
  linux.spawn(workloads.webServer());
  const size = () => {
    let count = 0;
    linux.objects.find((one) => {
      if (one instanceof Skb || one instanceof Sock) count++;
      return false;
    });
    return count;
  };
  linux.runUntil(200e6);
  const early = size();
  linux.runUntil(600e6);
  expect(early).toBeGreaterThan(0);
  expect(size()).toBeLessThan(early + 20);
});

it("a process and its children see the network namespace that it was started with", () => {
  const m = new Machine({ seed: 3 });
  m.net.addVeth({ name: "a" }, { name: "b", netns: "blue", addresses: ["10.9.0.2/24"] });
  const got: Record<string, number> = {};
  const binds = (comm: string) =>
    function* (sys: Sys): UserCode {
      got[comm] = yield sys.bind(yield sys.socket(2, 2), 53, "10.9.0.2");
    };
  m.linux.process({
    comm: "inside",
    netns: "blue",
    *program(sys) {
      yield sys.fork(binds("child"));
      yield sys.wait();
      yield* binds("inside")(sys);
    },
  });
  m.linux.process({ comm: "outside", program: binds("outside") });
  m.linux.runUntil(1e7);
  // EADDRNOTAVAIL: nobody has the address there.
  expect(got).toEqual({ child: 0, inside: 0, outside: -99 });
  expect(() => m.linux.process({ comm: "lost", netns: "green", program: binds("lost") })).toThrow(/green/);
});
