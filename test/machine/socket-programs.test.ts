/** Programs at sockets: filters, events of connections, maps of sockets, lookups. */
import { describe, expect, test } from "vitest";
import { asm, classic, Machine, map, u32, u64 } from "../../src/index.ts";
import { ERRNO } from "../../src/linux/errno.ts";
import type { Message } from "../../src/linux/socket.ts";
import type { Program, Sys } from "../../src/linux/sys.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: Uint8Array | undefined): string => new TextDecoder().decode(data);

/** Two processes: `server` first. */
async function talk(m: Machine, server: Program, client: Program): Promise<void> {
  m.linux.process({ comm: "server", program: server });
  m.linux.process({
    comm: "client",
    *program(sys) {
      yield sys.nanosleep(1_000_000);
      yield* client(sys);
    },
  });
  await m.run("100ms");
}

function* listenAt(sys: Sys, port: number) {
  const fd: number = yield sys.socket();
  yield sys.bind(fd, port, "127.0.0.1");
  yield sys.listen(fd, 8);
  return fd;
}

describe("socket filters", () => {
  /** Sends three datagrams to a server with a filter; what it receives. */
  async function received(
    program: ReturnType<typeof asm> extends (text: string) => infer P ? P : never,
  ): Promise<string[]> {
    const m = new Machine({ seed: 1 });
    const out: string[] = [];
    const loaded = m.load(program);
    await talk(
      m,
      function* (sys) {
        const fd: number = yield sys.socket(2, 2);
        yield sys.bind(fd, 5353, "127.0.0.1");
        m.attach(loaded, "socket:udp:5353");
        for (;;) {
          const message: Message = {};
          yield sys.recvfrom(fd, 100, message);
          out.push(text(message.data));
        }
      },
      function* (sys) {
        const fd: number = yield sys.socket(2, 2);
        for (const word of ["apple", "bread", "avocado"]) yield sys.sendto(fd, bytes(word), "127.0.0.1", 5353);
      },
    );
    return out;
  }

  test("drop what they say 0 to, from the UDP header on", async () => {
    // The first byte behind the header is "a".
    const program = asm({ type: "socket_filter" })(
      "r6 = r1\nr0 = *(u8 *)skb[8]\nif r0 == 97 goto +2\nr0 = 0\nexit\nr0 = -1\nexit",
    );
    expect(await received(program)).toEqual(["apple", "avocado"]);
  });

  test("cut what they keep less of", async () => {
    expect(await received(asm({ type: "socket_filter" })("r0 = 11\nexit"))).toEqual(["app", "bre", "avo"]);
  });

  test("classic ones, too; those of tcpdump count from the Ethernet header", async () => {
    const long = classic([
      { code: 0x80, jt: 0, jf: 0, k: 0 },
      { code: 0x25, jt: 0, jf: 1, k: 13 },
      { code: 0x06, jt: 0, jf: 0, k: 0xffff },
      { code: 0x06, jt: 0, jf: 0, k: 0 },
    ]);
    expect(await received(long.program("socket_filter"))).toEqual(["avocado"]);
  });

  test("a port that nobody has, a program of another type, a second filter", () => {
    const m = new Machine();
    const filter = m.load(asm({ type: "socket_filter" })("r0 = 0\nexit"));
    expect(() => m.attach(filter, "socket:udp:9")).toThrow(/ENODEV/);
    expect(() => m.attach(m.load(asm({ type: "xdp" })("r0 = 2\nexit")), "socket:udp:9")).toThrow(/EINVAL/);
  });
});

describe("sock_ops", () => {
  test("events of a connection, each side's, in Linux's order", async () => {
    const m = new Machine({ seed: 2 });
    const events = map.array({ name: "events", value: u64, maxEntries: 32 });
    const next = map.array({ name: "next", value: u32, maxEntries: 1 });
    // Notes op, args[0], args[1] and the local port; wants to hear of states from the first event on.
    const program = asm({ type: "sock_ops", name: "watch" })`
      r6 = r1
      r2 = 4
      call bpf_sock_ops_cb_flags_set
      r1 = map[next]
      r2 = r10
      r2 += -4
      *(u32 *)(r10 - 4) = 0
      call bpf_map_lookup_elem
      if r0 == 0 goto out
      r1 = *(u32 *)(r0 + 0)
      *(u32 *)(r10 - 4) = r1
      r1 += 1
      *(u32 *)(r0 + 0) = r1
      r1 = map[events]
      r2 = r10
      r2 += -4
      call bpf_map_lookup_elem
      if r0 == 0 goto out
      r1 = *(u32 *)(r6 + 0)
      *(u8 *)(r0 + 0) = r1
      r1 = *(u32 *)(r6 + 4)
      *(u8 *)(r0 + 1) = r1
      r1 = *(u32 *)(r6 + 8)
      *(u8 *)(r0 + 2) = r1
      r1 = *(u32 *)(r6 + 68)
      *(u16 *)(r0 + 4) = r1
    out:
      r0 = 1
      exit
    `;
    m.attach(m.load(program), "cgroup:/");
    await talk(
      m,
      function* (sys) {
        const fd = yield* listenAt(sys, 80);
        const one: number = yield sys.accept(fd);
        yield sys.close(one);
        yield sys.nanosleep(50_000_000);
      },
      function* (sys) {
        const fd: number = yield sys.socket();
        yield sys.connect(fd, "127.0.0.1", 80);
        yield sys.read(fd, 1);
        yield sys.close(fd);
      },
    );
    const all = [...Array(m.map(next).get(0)!).keys()].map((at) => m.map(events).get(at)!);
    const seen = all.map((value) => [value & 0xffn, (value >> 32n) & 0xffffn].map(Number));
    // LISTEN; then the client's TCP_CONNECT, its states, and PASSIVE before ESTABLISHED of the server's.
    expect(seen.slice(0, 2)).toEqual([
      [11, 80],
      [3, expect.any(Number)],
    ]);
    const server = all.filter((value) => value >> 32n === 80n).map((value) => Number(value & 0xffn));
    expect(server.slice(0, 3)).toEqual([11, 10, 5]);
    const client = seen.filter(([, port]) => port !== 80).map(([op]) => op);
    expect(client).toContain(4);
    expect(client.indexOf(10)).toBeLessThan(client.indexOf(4));
  });
});

describe("maps of sockets", () => {
  /** Puts the server's side into place 0, and the client's, if it shall be there, into place 1. */
  const joins = (client: boolean) => asm({ type: "sock_ops", name: "join" })`
    .map peers, sockmap, key 4, value 8, entries 4
    r2 = *(u32 *)(r1 + 0)
    *(u32 *)(r10 - 4) = 0
    if r2 == 5 goto put
    *(u32 *)(r10 - 4) = 1
    if r2 != ${client ? 4 : 99} goto out
  put:
    r2 = map[peers]
    r3 = r10
    r3 += -4
    r4 = 0
    call bpf_sock_map_update
  out:
    r0 = 1
    exit
  `;

  /** A server and a client whose sockets join the map; what each of them reads, if it reads anything. */
  async function echoes(
    both: boolean,
    attach: (m: Machine) => void,
    client: (fd: number, sys: Sys) => ReturnType<Program>,
  ) {
    const m = new Machine({ seed: 3 });
    m.attach(m.load(joins(both)), "cgroup:/");
    attach(m);
    const read: Record<string, string> = {};
    await talk(
      m,
      function* (sys) {
        const fd = yield* listenAt(sys, 80);
        const one: number = yield sys.accept(fd);
        const message: Message = {};
        yield sys.recvfrom(one, 100, message);
        if (message.data?.length) read.server = text(message.data);
      },
      function* (sys) {
        const fd: number = yield sys.socket();
        yield sys.connect(fd, "127.0.0.1", 80);
        yield* client(fd, sys);
        const message: Message = {};
        yield sys.recvfrom(fd, 100, message);
        if (message.data?.length) read.client = text(message.data);
      },
    );
    return read;
  }

  const hello = function* (fd: number, sys: Sys) {
    yield sys.sendto(fd, bytes("hello"));
  };

  test("a verdict sends what a socket receives back, and its owner never reads it", async () => {
    const read = await echoes(
      false,
      (m) => {
        const peers = m.linux.maps.find((one) => one?.spec.name === "peers")!;
        const verdict = asm({ type: "sk_skb", name: "back", attach: "sk_skb/stream_verdict", maps: [peers.spec] })`
        r2 = map[peers]
        r3 = 0
        r4 = 0
        call bpf_sk_redirect_map
        exit
      `;
        m.attach(loadWith(m, verdict, peers), "sockmap:peers");
      },
      hello,
    );
    // Place 0 is the server's socket: the client's bytes are written to it, and come to the client.
    expect(read).toEqual({ client: "hello" });
  });

  test("a verdict that drops, one that passes", async () => {
    for (const [result, expected] of [
      [0, {}],
      [1, { server: "hello" }],
    ] as const) {
      const read = await echoes(
        true,
        (m) => {
          m.attach(
            m.load(asm({ type: "sk_skb", attach: "sk_skb/stream_verdict" })(`r0 = ${result}\nexit`)),
            "sockmap:peers",
          );
        },
        hello,
      );
      expect(read).toEqual(expected);
    }
  });

  test("a message goes to another socket's reader without the network", async () => {
    const read = await echoes(
      true,
      (m) => {
        const peers = m.linux.maps.find((one) => one?.spec.name === "peers")!;
        // To the reader of place 0, the server: nothing is sent.
        const direct = asm({ type: "sk_msg", name: "direct", maps: [peers.spec] })`
        r2 = map[peers]
        r3 = 0
        r4 = 1
        call bpf_msg_redirect_map
        exit
      `;
        m.attach(loadWith(m, direct, peers), "sockmap:peers");
      },
      hello,
    );
    expect(read).toEqual({ server: "hello" });
  });

  test("a message that is refused: EACCES", async () => {
    const results: number[] = [];
    await echoes(
      true,
      (m) => void m.attach(m.load(asm({ type: "sk_msg" })("r0 = 0\nexit")), "sockmap:peers"),
      function* (fd: number, sys: Sys) {
        results.push(yield sys.sendto(fd, bytes("hello")));
      },
    );
    expect(results).toEqual([-ERRNO.EACCES!]);
  });

  /** Loads a program with a map that is there already. */
  function loadWith(m: Machine, program: Parameters<Machine["load"]>[0], existing: (typeof m.linux.maps)[number]) {
    const loaded = m.load(asm({ type: "xdp" })("r0 = 2\nexit"));
    const own = m.bpf.load(program, { maps: [existing] });
    return Object.assign(Object.create(Object.getPrototypeOf(loaded)), { ...loaded, program: own, bpf: m.bpf });
  }
});

describe("sk_lookup", () => {
  test("a program lets one socket listen at all ports", async () => {
    const m = new Machine({ seed: 4 });
    const out: number[] = [];
    const cookies: boolean[] = [];
    // The socket that listens at 127.0.0.1:80 gets what is for port 7777, too.
    const program = asm({ type: "sk_lookup", name: "all" })`
      .map web, sockmap, key 4, value 8, entries 1
      r6 = r1
      r2 = *(u32 *)(r6 + 60)
      if r2 != 7777 goto pass
      *(u32 *)(r10 - 4) = 0
      r1 = map[web]
      r2 = r10
      r2 += -4
      call bpf_map_lookup_elem
      if r0 == 0 goto pass
      r7 = r0
      r1 = r6
      r2 = r7
      r3 = 0
      call bpf_sk_assign
      r1 = r7
      call bpf_sk_release
    pass:
      r0 = 1
      exit
    `;
    const loaded = m.load(program);
    m.attach(loaded, "sk_lookup");
    await talk(
      m,
      function* (sys) {
        const fd = yield* listenAt(sys, 80);
        const { memory, network } = m.linux;
        const at = memory.allocate(16);
        memory.view.setUint32(at + 8, network.initial.listener(0x7f00_0001, 80)!.sk.cookie, true);
        out.push(loaded.program.maps[0].userUpdate(at, at + 8, 0));
        // A test run tells which socket was chosen, each time anew.
        for (const local_port of [7777, 7777, 7778]) {
          const { contextOut } = loaded.run({ context: { family: 2, protocol: 6, local_port } });
          cookies.push(new DataView(contextOut!.buffer).getUint32(0, true) === memory.u32[(at + 8) >> 2]);
        }
        out.push(yield sys.accept(fd));
        yield sys.nanosleep(50_000_000);
      },
      function* (sys) {
        const fd: number = yield sys.socket();
        out.push(yield sys.connect(fd, "127.0.0.1", 7777));
        out.push(yield sys.connect(yield sys.socket(), "127.0.0.1", 7778));
      },
    );
    expect(out.sort()).toEqual([-ERRNO.ECONNREFUSED!, 0, 0, 1].sort());
    expect(cookies).toEqual([true, true, false]);
  });

  test("one that says drop: nobody listens there", async () => {
    const m = new Machine({ seed: 4 });
    const out: number[] = [];
    m.attach(m.load(asm({ type: "sk_lookup" })("r0 = 0\nexit")), "sk_lookup");
    await talk(
      m,
      function* (sys) {
        yield* listenAt(sys, 80);
        yield sys.nanosleep(50_000_000);
      },
      function* (sys) {
        out.push(yield sys.connect(yield sys.socket(), "127.0.0.1", 80));
      },
    );
    expect(out).toEqual([-ERRNO.ECONNREFUSED!]);
  });
});
