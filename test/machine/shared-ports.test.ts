/** Sockets that share a port, options of sockets that attach programs, and programs of cgroups at options and names. */
import { describe, expect, test } from "vitest";
import { type AsmOptions, asm, classic, Machine, map, packet, u32 } from "../../src/index.ts";
import { ERRNO } from "../../src/linux/errno.ts";
import type { Message } from "../../src/linux/socket.ts";
import type { OptionValue } from "../../src/linux/socket-calls.ts";
import type { Program, Sys } from "../../src/linux/sys.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);
const SOL_SOCKET = 1;
const REUSEPORT = 15;
const [ATTACH_FILTER, DETACH_FILTER, LOCK_FILTER, ATTACH_BPF, ATTACH_REUSEPORT, COOKIE] = [26, 27, 44, 50, 52, 57];

const load = (m: Machine, type: AsmOptions["type"], text: string, attach?: string) =>
  m.load(asm({ type, name: "p", ...(attach ? { attach } : {}) })(text));

function* bound(sys: Sys, port: number, type = 2) {
  const fd: number = yield sys.socket(2, type);
  yield sys.setsockopt(fd, SOL_SOCKET, REUSEPORT, 1);
  const result: number = yield sys.bind(fd, port, "127.0.0.1");
  return [fd, result] as const;
}

/** `workers` processes share a UDP port; a client sends from many ports. How many datagrams each got, and what the client saw. */
async function shared(attach: (m: Machine) => void, workers = 3, sends = 60) {
  const m = new Machine({ cpus: 2, seed: 4 });
  const got = Array.from({ length: workers }, () => 0);
  const cookies: bigint[] = [];
  const results: number[] = [];
  for (let worker = 0; worker < workers; worker++)
    m.linux.process({
      comm: `worker${worker}`,
      *program(sys) {
        yield sys.nanosleep(worker * 1000);
        const [fd] = yield* bound(sys, 5353);
        const out: OptionValue = {};
        yield sys.getsockopt(fd, SOL_SOCKET, COOKIE, out, 8);
        cookies[worker] = new DataView(out.data!.buffer).getBigUint64(0, true);
        for (;;) {
          yield sys.recvfrom(fd, 100);
          got[worker]!++;
        }
      },
    });
  m.linux.process({
    comm: "client",
    *program(sys) {
      yield sys.nanosleep(5_000_000);
      for (let i = 0; i < sends; i++) {
        const fd: number = yield sys.socket(2, 2);
        yield sys.sendto(fd, bytes(`x${i}`), "127.0.0.1", 5353);
        yield sys.close(fd);
      }
    },
  });
  m.linux.runUntil(4_000_000);
  attach(m);
  const before = cookies;
  await m.run("100ms");
  return { m, got, cookies: before, results };
}

describe("SO_REUSEPORT", () => {
  test("spreads senders over all, each sender always to the same", async () => {
    const { got } = await shared(() => {});
    expect(got.reduce((a, b) => a + b)).toBe(60);
    expect(Math.min(...got)).toBeGreaterThan(8);
  });

  test("a program names a socket of a reuseport array", async () => {
    const workers = map.reuseportArray({ name: "workers", maxEntries: 3 });
    const seen = map.array({ name: "seen", value: u32, maxEntries: 2 });
    const { m, got } = await shared((m) => {
      const program = load(
        m,
        "sk_reuseport",
        `
        r6 = r1
        r2 = *(u64 *)(r1 + 0)
        r3 = *(u64 *)(r1 + 8)
        r4 = r2
        r4 += 8
        if r4 > r3 goto drop
        r7 = *(u16 *)(r2 + 2)              // the UDP header's target port, as on the wire
        r7 = be16 r7
        *(u32 *)(r10 - 4) = 0
        r2 = r10
        r2 += -4
        r1 = map[seen]
        call map_lookup_elem
        if r0 == 0 goto drop
        *(u32 *)(r0 + 0) = r7
        *(u32 *)(r10 - 4) = 2
        r1 = r6
        r2 = map[workers]
        r3 = r10
        r3 += -4
        r4 = 0
        call sk_select_reuseport
        if r0 != 0 goto drop
        r0 = 1
        exit
drop:
        r0 = 0
        exit`,
      );
      for (const [index, sk] of m.linux.network.initial.sockets().entries())
        m.map(workers).set(index, BigInt(sk.cookie));
      m.attach(program, "reuseport:udp:5353");
    });
    expect(got).toEqual([0, 0, 60]);
    expect(m.map(seen).get(0)).toBe(5353);
  });

  test("a program that says SK_DROP: nobody has the port; one that names nobody leaves it to the hash", async () => {
    const refused = await shared((m) => m.attach(load(m, "sk_reuseport", "r0 = 0\nexit"), "reuseport:udp:5353"));
    expect(refused.got).toEqual([0, 0, 0]);
    expect(refused.m.net.packets.dropped.NO_SOCKET ?? Object.values(refused.m.net.packets.dropped)[0]).toBe(60);
    const passed = await shared((m) => m.attach(load(m, "sk_reuseport", "r0 = 1\nexit"), "reuseport:udp:5353"));
    expect(passed.got.reduce((a, b) => a + b)).toBe(60);
  });

  test("a socket filter returns the place of a socket; beyond the last the hash decides", async () => {
    const first = await shared((m) => m.attach(load(m, "socket_filter", "r0 = 1\nexit"), "reuseport:udp:5353"));
    expect(first.got).toEqual([0, 60, 0]);
    const beyond = await shared((m) => m.attach(load(m, "socket_filter", "r0 = 9\nexit"), "reuseport:udp:5353"));
    expect(Math.min(...beyond.got)).toBeGreaterThan(8);
  });

  test("who may share: both say so, and one user; a listener each for TCP, and a program among them", async () => {
    const m = new Machine({ cpus: 2, seed: 2 });
    const program = load(m, "socket_filter", "r0 = 1\nexit");
    const results: (number | string)[] = [];
    m.linux.process({
      comm: "server",
      *program(sys) {
        const alone: number = yield sys.socket();
        results.push(yield sys.bind(alone, 9000, "127.0.0.1"));
        results.push((yield* bound(sys, 9000, 1))[1]);
        const [a] = yield* bound(sys, 80, 1);
        const [b] = yield* bound(sys, 80, 1);
        results.push(yield sys.listen(a, 8), yield sys.listen(b, 8));
        results.push(yield sys.setsockopt(a, SOL_SOCKET, ATTACH_REUSEPORT, 999));
        results.push(yield sys.setsockopt(alone, SOL_SOCKET, ATTACH_REUSEPORT, program.id));
        results.push(yield sys.setsockopt(a, SOL_SOCKET, ATTACH_REUSEPORT, program.id));
        yield sys.nanosleep(1_000_000_000);
      },
    });
    m.linux.process({
      comm: "client",
      *program(sys) {
        yield sys.nanosleep(1_000_000);
        for (let i = 0; i < 6; i++) {
          const fd: number = yield sys.socket();
          results.push(yield sys.connect(fd, "127.0.0.1", 80));
        }
      },
    });
    await m.run("500ms");
    const { EADDRINUSE, EBADF, EINVAL } = ERRNO;
    expect(results.slice(0, 7)).toEqual([0, -EADDRINUSE!, 0, 0, -EBADF!, -EINVAL!, 0]);
    expect(results.slice(7)).toEqual(Array(6).fill(0));
    const waiting = m.linux.network.initial.listeners().map(({ ready }) => ready.length);
    expect(waiting).toEqual([0, 6]);
  });
});

describe("sk_assign in traffic control", () => {
  test("gives a packet to a socket of another port", async () => {
    const m = new Machine({ seed: 1 });
    let got = "";
    m.linux.process({
      comm: "proxy",
      *program(sys) {
        const fd: number = yield sys.socket(2, 2);
        yield sys.bind(fd, 7777);
        const message: Message = {};
        yield sys.recvfrom(fd, 100, message);
        got = text(message.data);
      },
    });
    m.linux.runUntil(1_000_000);
    // struct bpf_sock_tuple of any sender to port 7777 of the machine.
    const program = asm({ type: "sched_cls", name: "assign" })(`
      r6 = r1
      r1 = 0x0200000a0200000a ll
      *(u64 *)(r10 - 16) = r1
      r1 = 0x611e0100
      *(u32 *)(r10 - 8) = r1
      r1 = r6
      r2 = r10
      r2 += -16
      r3 = 12
      r4 = -1
      r5 = 0
      call sk_lookup_udp
      if r0 == 0 goto out
      r7 = r0
      r1 = r6
      r2 = r7
      r3 = 0
      call sk_assign
      r1 = r7
      call sk_release
out:
      r0 = 0
      exit`);
    m.attach(m.load(program), "tc:eth0:ingress");
    const sent = m.send(packet.udp({ dport: 9, payload: "hello" }));
    await m.run("10ms");
    expect([got, sent.fates[0]]).toEqual(["hello", "received"]);
  });
});

describe("filters by setsockopt", () => {
  test("classic and eBPF, replaced, taken away, locked", async () => {
    const m = new Machine({ seed: 1 });
    const none = load(m, "socket_filter", "r0 = 0\nexit");
    const wrong = load(m, "xdp", "r0 = 0\nexit");
    // From the UDP header on: the first byte behind it is "a".
    const startsWithA = classic([
      { code: 0x30, jt: 0, jf: 0, k: 8 },
      { code: 0x15, jt: 0, jf: 1, k: 97 },
      { code: 0x06, jt: 0, jf: 0, k: 0xffff },
      { code: 0x06, jt: 0, jf: 0, k: 0 },
    ]);
    const raw = new Uint8Array(8 * startsWithA.insns.length);
    for (const [index, { code, jt, jf, k }] of startsWithA.insns.entries()) {
      const view = new DataView(raw.buffer, 8 * index);
      view.setUint16(0, code, true);
      view.setUint8(2, jt);
      view.setUint8(3, jf);
      view.setUint32(4, k, true);
    }
    const out: string[] = [];
    const results: number[] = [];
    const set = (sys: Sys, fd: number, name: number, value: number | Uint8Array) =>
      sys.setsockopt(fd, SOL_SOCKET, name, value);
    m.linux.process({
      comm: "one",
      *program(sys) {
        const server: number = yield sys.socket(2, 2);
        yield sys.bind(server, 53, "127.0.0.1");
        const client: number = yield sys.socket(2, 2);
        const round = function* () {
          for (const word of ["apple", "bread"]) yield sys.sendto(client, bytes(word), "127.0.0.1", 53);
          yield sys.sendto(client, bytes("a."), "127.0.0.1", 53);
          yield sys.nanosleep(1_000_000);
          for (const sk of m.linux.network.initial.sockets().filter(({ sport }) => sport === 53)) {
            const count = sk.received.length;
            const words: string[] = [];
            for (let i = 0; i < count; i++) {
              const message: Message = {};
              yield sys.recvfrom(server, 100, message);
              words.push(text(message.data));
            }
            out.push(words.join(" "));
          }
        };
        results.push(yield set(sys, server, ATTACH_FILTER!, raw));
        yield* round();
        results.push(yield set(sys, server, ATTACH_BPF!, none.id));
        yield* round();
        results.push(
          yield set(sys, server, ATTACH_BPF!, wrong.id),
          yield set(sys, server, ATTACH_FILTER!, raw.slice(0, 8)),
        );
        results.push(yield set(sys, server, DETACH_FILTER!, 0), yield set(sys, server, DETACH_FILTER!, 0));
        yield* round();
        results.push(yield set(sys, server, LOCK_FILTER!, 1), yield set(sys, server, ATTACH_BPF!, none.id));
      },
    });
    await m.run("100ms");
    expect(out).toEqual(["apple a.", "", "apple bread a."]);
    const { EINVAL, ENOENT, EPERM } = ERRNO;
    expect(results).toEqual([0, 0, -EINVAL!, -EINVAL!, 0, -ENOENT!, 0, -EPERM!]);
    // What Linux makes of a classic filter has no id.
    expect([...m.bpf.programs.keys()]).toEqual([none.id, wrong.id]);
  });
});

describe("programs of a cgroup", () => {
  /** Runs a process in a cgroup with these programs at it. */
  async function inGroup(attach: (m: Machine) => void, body: (sys: Sys) => Generator<unknown, void, number>) {
    const m = new Machine({ seed: 1 });
    attach(m);
    m.linux.process({ comm: "one", program: body as Program });
    await m.run("100ms");
    return m;
  }
  const PRIORITY = 12;

  test("refuse an option, change it, take it over", async () => {
    const results: number[] = [];
    await inGroup(
      (m) =>
        m.attach(
          load(
            m,
            "cgroup_sockopt",
            `
            r2 = *(u32 *)(r1 + 28)             // optname
            if r2 == 2 goto no                 // SO_REUSEADDR
            if r2 == 36 goto done              // SO_MARK: taken over
            if r2 != ${PRIORITY} goto yes
            r3 = *(u64 *)(r1 + 8)
            r4 = *(u64 *)(r1 + 16)
            r5 = r3
            r5 += 4
            if r5 > r4 goto yes
            *(u32 *)(r3 + 0) = 3               // SO_PRIORITY: 3, whatever was asked for
            goto yes
done:
            *(u32 *)(r1 + 32) = -1
yes:
            r0 = 1
            exit
no:
            r0 = 0
            exit`,
            "cgroup/setsockopt",
          ),
          "cgroup:/",
        ),
      function* (sys) {
        const fd: number = yield sys.socket(2, 2);
        const value: OptionValue = {};
        for (const [name, wanted] of [
          [2, 1],
          [36, 7],
          [PRIORITY, 6],
        ] as const) {
          results.push(yield sys.setsockopt(fd, SOL_SOCKET, name, wanted));
          yield sys.getsockopt(fd, SOL_SOCKET, name, value);
          results.push(value.data![0]!);
        }
      },
    );
    expect(results).toEqual([-ERRNO.EPERM!, 0, 0, 0, 0, 3]);
  });

  test("see Linux's answer and give another", async () => {
    const results: number[] = [];
    await inGroup(
      (m) =>
        m.attach(
          load(
            m,
            "cgroup_sockopt",
            `
            r2 = *(u32 *)(r1 + 28)
            if r2 != 99 goto yes               // an option that Linux does not know
            r3 = *(u64 *)(r1 + 8)
            r4 = *(u64 *)(r1 + 16)
            r5 = r3
            r5 += 1
            if r5 > r4 goto yes
            *(u8 *)(r3 + 0) = 42
            *(u32 *)(r1 + 32) = 1
            *(u32 *)(r1 + 36) = 0              // retval was -ENOPROTOOPT
yes:
            r0 = 1
            exit`,
            "cgroup/getsockopt",
          ),
          "cgroup:/",
        ),
      function* (sys) {
        const fd: number = yield sys.socket(2, 2);
        const value: OptionValue = {};
        results.push(yield sys.getsockopt(fd, SOL_SOCKET, 99, value), value.data?.length ?? -1, value.data?.[0] ?? -1);
        results.push(yield sys.getsockopt(fd, SOL_SOCKET, 98, value));
      },
    );
    expect(results).toEqual([0, 1, 42, -ERRNO.ENOPROTOOPT!]);
  });

  test("tell another name of the other side and of the own", async () => {
    const names: (string | number)[] = [];
    const other = (offset: number, value: string) => `*(u32 *)(r1 + ${offset}) = ${value}\nr0 = 1\nexit`;
    await inGroup(
      (m) => {
        m.attach(load(m, "cgroup_sock_addr", other(24, "0x5000"), "cgroup/getpeername4"), "cgroup:/");
        m.attach(load(m, "cgroup_sock_addr", other(4, "0x0100007f"), "cgroup/getsockname4"), "cgroup:/");
      },
      function* (sys) {
        const fd: number = yield sys.socket(2, 2);
        const name: Message = {};
        names.push(yield sys.getpeername(fd, name));
        yield sys.bind(fd, 4000, "10.0.0.2");
        yield sys.connect(fd, "10.0.0.1", 53);
        yield sys.getpeername(fd, name);
        names.push(name.port!);
        yield sys.getsockname(fd, name);
        names.push(name.ip!, name.port!);
      },
    );
    expect(names).toEqual([-ERRNO.ENOTCONN!, 80, 0x7f00_0001, 4000]);
  });
});
