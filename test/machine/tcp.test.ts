import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import { TCP } from "../../src/linux/net/sock.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";
import { workloads } from "../../src/linux/workloads/index.ts";

const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;

/** States of a machine's sockets as `sock:inet_sock_set_state` tells them. */
function states(linux: Linux): string[] {
  const names = Object.fromEntries(Object.entries(TCP).map(([name, number]) => [number, name]));
  const seen: string[] = [];
  linux.hooks.attach("tracepoint:sock:inet_sock_set_state", {
    run(at) {
      const { view } = linux.memory;
      const port = view.getUint16(at + 24, true);
      seen.push(
        `${port < 30_000 ? port : "client"} ${names[view.getInt32(at + 16, true)]}>${names[view.getInt32(at + 20, true)]}`,
      );
    },
  });
  return seen;
}

function* server(sys: Sys, port: number, answer: number, family = 2): UserCode {
  const listener = yield sys.socket(family);
  yield sys.bind(listener, port);
  yield sys.listen(listener, 16);
  for (;;) {
    const connection = yield sys.accept(listener);
    let bytes = 0;
    do bytes = yield sys.read(connection, 65_536);
    while (bytes > 0);
    yield sys.write(connection, answer);
    yield sys.close(connection);
  }
}

/** Sends `bytes` in pieces, closes its side, reads the answer. */
function* client(sys: Sys, ip: string, port: number, bytes: number, out: { read: number; connect: number }): UserCode {
  yield sys.nanosleep(1_000_000);
  const fd = yield sys.socket(ip.includes(":") ? 10 : 2);
  out.connect = yield sys.connect(fd, ip, port);
  if (out.connect < 0) return;
  for (let left = bytes; left > 0; left -= 50_000) yield sys.write(fd, Math.min(left, 50_000));
  yield sys.shutdown(fd, 1);
  for (let got = 1; got > 0; out.read += Math.max(got, 0)) got = yield sys.read(fd, 100_000);
  yield sys.close(fd);
}

/** All packets are somewhere: on the wire, in sockets' queues. */
function account(linux: Linux): { underWay: number; found: number } {
  const { network } = linux;
  const queued = network.initial.connections().reduce((sum, sk) => sum + sk.received.length, 0);
  const { link } = network.outside;
  return { underWay: network.ledger.underWay, found: queued + link.inward.packets + link.outward.packets };
}

describe("a connection", () => {
  it.each([
    ["127.0.0.1", 2],
    ["::1", 10],
    ["10.0.0.2", 2],
  ])("within the machine, to %s, carries all bytes both ways and ends", (ip, family) => {
    const linux = new Linux();
    const seen = states(linux);
    linux.process({ comm: "server", program: (sys) => server(sys, 80, 300_000, family) });
    const out = { read: 0, connect: -1 };
    linux.process({ comm: "client", program: (sys) => client(sys, ip, 80, 500_000, out) });
    linux.runUntil(2e9);
    expect(out).toEqual({ read: 300_000, connect: 0 });
    expect(seen).toEqual([
      "80 CLOSE>LISTEN",
      "client CLOSE>SYN_SENT",
      "client SYN_SENT>ESTABLISHED",
      "80 LISTEN>SYN_RECV",
      "80 SYN_RECV>ESTABLISHED",
      "client ESTABLISHED>FIN_WAIT1",
      "80 ESTABLISHED>CLOSE_WAIT",
      "client FIN_WAIT1>FIN_WAIT2",
      "80 CLOSE_WAIT>LAST_ACK",
      "client FIN_WAIT2>CLOSE",
      "80 LAST_ACK>CLOSE",
    ]);
    expect(account(linux)).toEqual({ underWay: 0, found: 0 });
    expect(linux.network.initial.timeWaits(2e9)).toBe(1);
  });

  it("is refused where nobody listens", () => {
    const linux = new Linux();
    const refused = { read: 0, connect: 1 };
    const far = { read: 0, connect: 1 };
    linux.process({ comm: "a", program: (sys) => client(sys, "127.0.0.1", 81, 10, refused) });
    linux.process({ comm: "b", program: (sys) => client(sys, "203.0.113.5", 81, 10, far) });
    linux.runUntil(1e9);
    expect([refused.connect, far.connect]).toEqual([-111, -111]);
    expect(linux.tasks()).toEqual([]);
  });

  it("to a service outside carries bytes both ways", () => {
    const linux = new Linux();
    let got = 0;
    linux.network.outside.serve(80, {
      received: (connection, bytes) => {
        got += bytes;
        if (got === 200_000) connection.write(70_000);
      },
      closed: (connection) => connection.close(),
    });
    const out = { read: 0, connect: -1 };
    linux.process({ comm: "client", program: (sys) => client(sys, "203.0.113.5", 80, 200_000, out) });
    linux.runUntil(3e9);
    expect({ got, ...out }).toEqual({ got: 200_000, read: 70_000, connect: 0 });
  });
});

const client0 = { received() {}, closed() {} };

/** Opens a port and never accepts. */
function* deaf(sys: Sys): UserCode {
  const listener = yield sys.socket();
  yield sys.bind(listener, 80);
  yield sys.listen(listener, 100);
  yield sys.nanosleep(100e9);
}

describe("a line that loses packets", () => {
  it("loses no byte of a connection, whatever it loses", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 0, max: 0.05, noNaN: true }),
        fc.integer({ min: 1, max: 50_000 }),
        (seed, loss, bytes) => {
          const linux = new Linux({ seed });
          linux.network.outside.link.loss = loss;
          linux.process({ comm: "server", program: (sys) => server(sys, 80, bytes) });
          let answered = 0;
          let ended = 0;
          linux.at(1_000_000, (now) =>
            linux.network.outside.step(now, () => {
              const connection = linux.network.outside.connect(
                { ip: 0xc633_6401, port: 40_000 },
                { ip: 0x0a00_0002, port: 80 },
                {
                  connected: (one) => {
                    one.write(bytes);
                    one.close();
                  },
                  received: (_, count) => void (answered += count),
                  closed: () => void ended++,
                },
              );
              expect(connection.sk.state).toBe(TCP.SYN_SENT);
            }),
          );
          // Until the machine has told the end, or long enough for every queue to be looked at.
          for (let second = 1; second <= 40 && ended === 0; second++) linux.runUntil(second * 1e9);
          // The handshake itself may fail six times in a row, hardly ever.
          if (ended > 0) expect(answered).toBe(bytes);
          const { underWay, found } = account(linux);
          expect(underWay).toBe(found);
          if (linux.network.outside.link.lost === 0) expect(linux.network.retransmits).toBe(0);
        },
      ),
      { numRuns: NIGHT ? 200 : 6 },
    );
  });

  it("costs nothing while nobody sends, and ends every connection or gives it up", () => {
    for (const seed of [1, 2, 6]) {
      const linux = new Linux({ seed });
      linux.network.outside.link.loss = 0.25;
      linux.process({ comm: "server", program: (sys) => server(sys, 80, 50_000) });
      linux.at(1_000_000, (now) =>
        linux.network.outside.step(now, () => {
          const connected = (one: { write(length: number): void; close(): void }) => {
            one.write(50_000);
            one.close();
          };
          linux.network.outside.connect(
            { ip: 0xc633_6401, port: 40_000 },
            { ip: 0x0a00_0002, port: 80 },
            { connected },
          );
        }),
      );
      linux.runUntil(3_000e9);
      expect(linux.network.initial.connections()).toEqual([]);
      expect(linux.network.outside.connections).toBe(0);
      // A socket's timer that came too early, for the answer had carried the acknowledgement, once came again and again.
      expect(linux.cpus.reduce((ns, cpu) => ns + cpu.now - cpu.idleNs, 0)).toBeLessThan(1e9);
    }
  });

  it("and clients that nobody answers give up", () => {
    const linux = new Linux();
    linux.process({ comm: "deaf", program: (sys) => deaf(sys) });
    const ask = (time: number) => linux.at(time, () => linux.network.request(time, 80, 100, client0));
    for (let second = 1; second < 60; second++) ask(second * 1e9);
    linux.runUntil(60e9);
    expect(linux.network.outside.connections).toBeLessThan(33);
  });
});

describe("watching", () => {
  it("changes nothing: the same run with every packet as bytes", () => {
    const run = (watched: boolean) => {
      const linux = new Linux({ seed: 5 });
      const seen: number[] = [];
      if (watched) linux.network.eth0.taps = [{ keep: () => {} }];
      linux.hooks.attach("tracepoint:sock:inet_sock_set_state", { run: () => void seen.push(linux.ktimeNs()) });
      linux.spawn(workloads.webServer({ rate: 500 }));
      linux.runUntil(300_000_000);
      return { seen, made: linux.network.ledger.made, counters: linux.network.eth0.counters };
    };
    const [plain, watched] = [run(false), run(true)];
    expect(plain.seen.length).toBeGreaterThan(300);
    expect(watched).toEqual(plain);
  });
});

describe("sockets as structs", () => {
  it("have Linux's layout: what a program reads of tcp_set_state's socket", () => {
    const linux = new Linux();
    linux.process({ comm: "server", program: (sys) => server(sys, 80, 10) });
    const seen: string[] = [];
    linux.network.request(1_000_000, 80, 50, { received() {}, closed() {} });
    linux.runUntil(1_500_000);
    const [sk] = linux.network.initial.connections();
    const at = linux.objects.written(sk!);
    const { view } = linux.memory;
    // skc_daddr, skc_rcv_saddr, skc_dport, skc_num, skc_family, skc_state lead struct sock_common on every release.
    seen.push([0, 1, 2, 3].map((i) => view.getUint8(at + 4 + i)).join("."));
    expect(seen).toEqual(["10.0.0.2"]);
    expect([view.getUint16(at + 14, true), view.getUint16(at + 16, true), view.getUint8(at + 18)]).toEqual([80, 2, 1]);
  });
});
