/** Cgroups of the machine: the tree as files, which tasks are where, and what their programs decide. */
import { describe, expect, test } from "vitest";
import { type AsmOptions, asm, Machine, map, u64 } from "../../src/index.ts";
import type { Cgroup } from "../../src/linux/cgroups.ts";
import { ERRNO } from "../../src/linux/errno.ts";
import type { Message } from "../../src/linux/socket.ts";
import type { Program } from "../../src/linux/sys.ts";

const E = (name: string): number => -ERRNO[name]!;

const program = (type: AsmOptions["type"], attach: string | undefined, text: string) =>
  asm({ type, name: "guard", ...(attach === undefined ? {} : { attach }) })(text);

/** A machine with a cgroup `/web`; what a process in it is told. */
async function inWeb(m: Machine, life: (out: unknown[]) => Program, cgroup?: Cgroup): Promise<unknown[]> {
  const out: unknown[] = [];
  m.linux.process({ program: life(out), comm: "web", cgroup: cgroup ?? m.linux.cgroups.make("/web") });
  await m.run("50ms");
  return out;
}

const NO = "r0 = 0\nexit";
const YES = "r0 = 1\nexit";

describe("the tree of cgroups", () => {
  test("directories are cgroups, and writing a pid moves a process", async () => {
    const m = new Machine({ seed: 1 });
    const out = await inWeb(
      m,
      (seen) =>
        function* (sys) {
          seen.push(yield sys.mkdir("/sys/fs/cgroup/batch"));
          seen.push(yield sys.mkdir("/sys/fs/cgroup/batch"));
          const procs = yield sys.openat("/sys/fs/cgroup/batch/cgroup.procs", 1);
          seen.push(procs >= 0);
          seen.push(yield sys.print(procs, `${sys.task.pid}\n`));
          seen.push(sys.task.cgroup.path);
          seen.push(yield sys.rmdir("/sys/fs/cgroup/batch"));
          seen.push(yield sys.print(procs, "99999\n"));
        },
    );
    expect(out).toEqual([0, E("EEXIST"), true, 5, "/batch", E("EBUSY"), E("ESRCH")]);
    expect(m.cat("/sys/fs/cgroup/cgroup.stat")).toContain("nr_descendants 2");
    expect(m.ls("/sys/fs/cgroup").map(({ name }) => name)).toContain("batch");
  });

  test("an empty cgroup goes, one with cgroups below does not", async () => {
    const m = new Machine({ seed: 1 });
    m.linux.cgroups.make("/a/b");
    const out = await inWeb(
      m,
      (seen) =>
        function* (sys) {
          seen.push(yield sys.rmdir("/sys/fs/cgroup/a"));
          seen.push(yield sys.rmdir("/sys/fs/cgroup/a/b"));
          seen.push(yield sys.rmdir("/sys/fs/cgroup/a"));
          seen.push(yield sys.rmdir("/sys/fs/cgroup/a"));
          seen.push(yield sys.openat("/sys/fs/cgroup/new", 0o101));
        },
    );
    expect(out).toEqual([E("EBUSY"), 0, 0, E("ENOENT"), E("EACCES")]);
    expect(m.linux.cgroups.find("/a")).toBeUndefined();
  });

  test("tracepoints tell of what is made, moved into and taken away", async () => {
    const m = new Machine({ seed: 1 });
    const ids = map.array({ name: "ids", value: u64, maxEntries: 1 });
    const made = asm({ type: "tracepoint", name: "made" })`
      r1 = *(u64 *)(r1 + 16)
      r2 = 0
      *(u64 *)(r10 - 8) = r2
      *(u64 *)(r10 - 16) = r1
      r1 = map[ids]
      r2 = r10
      r2 += -8
      r3 = r10
      r3 += -16
      r4 = 0
      call bpf_map_update_elem
      r0 = 0
      exit
    `;
    m.attach(m.load(made), "tracepoint:cgroup:cgroup_mkdir");
    await inWeb(
      m,
      () =>
        function* (sys) {
          yield sys.mkdir("/sys/fs/cgroup/new");
        },
    );
    expect(m.map(ids).get(0)).toBe(BigInt(m.linux.cgroups.find("/new")!.id));
  });
});

/** What a process of the cgroup does at each place, and what it sees where programs say no. */
const PLACES: readonly {
  readonly type: AsmOptions["type"];
  readonly attach: string;
  readonly life: (out: unknown[]) => Program;
  readonly allowed: unknown;
}[] = [
  {
    type: "cgroup_sock",
    attach: "cgroup/sock_create",
    allowed: 0,
    life: (out) =>
      function* (sys) {
        out.push(yield sys.socket());
      },
  },
  ...(["bind4", "post_bind4"] as const).map((place) => ({
    type: place === "bind4" ? ("cgroup_sock_addr" as const) : ("cgroup_sock" as const),
    attach: `cgroup/${place}`,
    allowed: 0,
    life: (out: unknown[]): Program =>
      function* (sys) {
        out.push(yield sys.bind(yield sys.socket(), 8080));
      },
  })),
  {
    type: "cgroup_sock_addr",
    attach: "cgroup/bind6",
    allowed: 0,
    life: (out) =>
      function* (sys) {
        out.push(yield sys.bind(yield sys.socket(10), 8080));
      },
  },
  {
    type: "cgroup_sock_addr",
    attach: "cgroup/connect4",
    allowed: 0,
    life: (out) =>
      function* (sys) {
        out.push(yield sys.connect(yield sys.socket(2, 2), "10.0.0.1", 53));
      },
  },
  {
    type: "cgroup_sock_addr",
    attach: "cgroup/sendmsg4",
    allowed: 4,
    life: (out) =>
      function* (sys) {
        out.push(yield sys.sendto(yield sys.socket(2, 2), 4, "10.0.0.1", 9));
      },
  },
  {
    type: "cgroup_skb",
    attach: "cgroup_skb/egress",
    allowed: 4,
    life: (out) =>
      function* (sys) {
        out.push(yield sys.sendto(yield sys.socket(2, 2), 4, "10.0.0.1", 9));
      },
  },
  {
    type: "cgroup_sysctl",
    attach: "cgroup/sysctl",
    allowed: 3,
    life: (out) =>
      function* (sys) {
        const fd = yield sys.openat("/proc/sys/vm/swappiness", 0);
        out.push(yield sys.read(fd, 100));
      },
  },
  {
    type: "cgroup_device",
    attach: "cgroup/dev",
    allowed: 0,
    life: (out) =>
      function* (sys) {
        out.push(yield sys.openat("/dev/null", 2));
      },
  },
];

describe("programs that say no", () => {
  test.each(PLACES)("$attach: the caller sees EPERM", async ({ type, attach, life, allowed }) => {
    const m = new Machine({ seed: 2 });
    const web = m.linux.cgroups.make("/web");
    const no = m.attach(m.load(program(type, attach, NO)), "cgroup:/web");
    expect(await inWeb(m, life)).toEqual([E("EPERM")]);
    expect(await inWeb(m, life, m.linux.cgroups.root)).toEqual([allowed]);
    no.detach();
    using _yes = m.attach(m.load(program(type, attach, YES)), "cgroup:/web");
    expect(await inWeb(m, life, web)).toEqual([allowed]);
  });

  test("bpf_set_retval chooses the errno; a later program sees it", async () => {
    const m = new Machine({ seed: 2 });
    m.linux.cgroups.make("/web");
    const busy = program("cgroup_sock", "cgroup/sock_create", "r1 = -16\ncall bpf_set_retval\nr0 = 0\nexit");
    m.attach(m.load(busy), "cgroup:/web");
    const seen = map.array({ name: "seen", value: u64, maxEntries: 1 });
    const look = asm({ type: "cgroup_sock", name: "look", attach: "cgroup/sock_create" })`
      call bpf_get_retval
      r6 = r0
      r1 = map[seen]
      r2 = r10
      r2 += -4
      *(u32 *)(r10 - 4) = 0
      call bpf_map_lookup_elem
      if r0 == 0 goto out
      *(u64 *)(r0 + 0) = r6
    out:
      r0 = 1
      exit
    `;
    m.attach(m.load(look), "cgroup:/");
    expect(await inWeb(m, PLACES[0]!.life)).toEqual([E("EBUSY")]);
    expect(BigInt.asIntN(64, m.map(seen).get(0)!)).toBe(-16n);
  });
});

describe("programs that change what a process asks for", () => {
  test("connect4 sends it elsewhere, recvmsg4 and getpeername hide it", async () => {
    const m = new Machine({ seed: 3 });
    m.linux.cgroups.make("/web");
    // 10.0.0.9:7 is really 127.0.0.1:5353.
    const there = asm({ type: "cgroup_sock_addr", name: "there", attach: "cgroup/connect4" })`
      r2 = *(u32 *)(r1 + 4)
      if r2 != 0x0900000a goto pass
      r2 = 0x0100007f
      *(u32 *)(r1 + 4) = r2
      r2 = 0xe914
      *(u32 *)(r1 + 24) = r2
    pass:
      r0 = 1
      exit
    `;
    const back = asm({ type: "cgroup_sock_addr", name: "back", attach: "cgroup/recvmsg4" })`
      r2 = 0x0900000a
      *(u32 *)(r1 + 4) = r2
      r0 = 1
      exit
    `;
    m.attach(m.load(there), "cgroup:/web");
    m.attach(m.load(back), "cgroup:/web");
    m.linux.process({
      comm: "server",
      program: function* (sys) {
        const fd = yield sys.socket(2, 2);
        yield sys.bind(fd, 5353, "127.0.0.1");
        const from: Message = {};
        yield sys.recvfrom(fd, 100, from);
        yield sys.sendto(fd, Uint8Array.of(7), "127.0.0.1", from.port!);
      },
    });
    const out = await inWeb(
      m,
      (seen) =>
        function* (sys) {
          const fd = yield sys.socket(2, 2);
          seen.push(yield sys.connect(fd, "10.0.0.9", 7));
          seen.push(yield sys.sendto(fd, Uint8Array.of(1, 2)));
          const from: Message = {};
          seen.push(yield sys.recvfrom(fd, 100, from));
          seen.push(from.ip, from.port);
        },
    );
    expect(out).toEqual([0, 2, 1, 0x0a00_0009, 5353]);
  });

  test("bind4 moves the port, and lets a user have one below 1024", async () => {
    const m = new Machine({ seed: 3 });
    m.linux.cgroups.make("/web");
    const move = asm({ type: "cgroup_sock_addr", name: "move", attach: "cgroup/bind4" })`
      r2 = 0x5000
      *(u32 *)(r1 + 24) = r2
      r0 = 3
      exit
    `;
    m.attach(m.load(move), "cgroup:/web");
    const out: unknown[] = [];
    m.linux.process({
      ...{ comm: "web", uid: 1000, cgroup: m.linux.cgroups.find("/web")! },
      program: function* (sys) {
        const fd = yield sys.socket();
        out.push(yield sys.bind(fd, 8080));
        out.push(yield sys.listen(fd, 1));
        out.push(m.linux.network.initial.listener(0, 80)?.sk.sport);
      },
    });
    await m.run("10ms");
    expect(out).toEqual([0, 0, 80]);
  });

  test("a sysctl's program sees name and values, and changes what is written", async () => {
    const m = new Machine({ seed: 3 });
    m.linux.cgroups.make("/web");
    const ten = asm({ type: "cgroup_sysctl", name: "ten", attach: "cgroup/sysctl" })`
      r6 = r1
      r2 = *(u32 *)(r1 + 0)
      if r2 == 0 goto pass
      r2 = r10
      r2 += -32
      r3 = 32
      r4 = 0
      call bpf_sysctl_get_name
      if r0 != 13 goto pass
      r1 = r6
      *(u64 *)(r10 - 32) = 0
      r2 = 0x3031
      *(u16 *)(r10 - 32) = r2
      r2 = r10
      r2 += -32
      r3 = 3
      call bpf_sysctl_set_new_value
    pass:
      r0 = 1
      exit
    `;
    m.attach(m.load(ten), "cgroup:/web");
    const out = await inWeb(
      m,
      (seen) =>
        function* (sys) {
          const fd = yield sys.openat("/proc/sys/vm/swappiness", 1);
          seen.push(yield sys.print(fd, "90"));
        },
    );
    expect(out).toEqual([2]);
    expect(m.cat("/proc/sys/vm/swappiness")).toBe("10\n");
  });
});

describe("packets of a cgroup", () => {
  const counter = (attach: string) => asm({ type: "cgroup_skb", name: "count", attach })`
    .map bytes, cgroup_storage_deprecated, key 16, value 8, entries 0
    r6 = r1
    r7 = *(u32 *)(r6 + 0)
    r8 = *(u64 *)(r6 + 168)
    r1 = map[bytes]
    r2 = 0
    call bpf_get_local_storage
    r1 = *(u64 *)(r0 + 0)
    r1 += r7
    *(u64 *)(r0 + 0) = r1
    r1 = r6
    call bpf_skb_cgroup_id
    if r0 == 1 goto no
    if r8 == 0 goto no
    r1 = *(u32 *)(r8 + 4)
    if r1 != 2 goto no
    r0 = 1
    exit
  no:
    r0 = 0
    exit
  `;

  test("both ways, from the IP header on, into the cgroup's own storage", async () => {
    const m = new Machine({ seed: 4 });
    const web = m.linux.cgroups.make("/web");
    const egress = m.load(counter("cgroup_skb/egress"));
    const ingress = m.load(counter("cgroup_skb/ingress"));
    m.attach(egress, "cgroup:/web");
    m.attach(ingress, "cgroup:/web");
    await inWeb(
      m,
      () =>
        function* (sys) {
          const one = yield sys.socket(2, 2);
          yield sys.bind(one, 9000, "127.0.0.1");
          const two = yield sys.socket(2, 2);
          yield sys.sendto(two, 100, "127.0.0.1", 9000);
          yield sys.sendto(two, 50, "127.0.0.1", 9000);
        },
    );
    for (const [loaded, type] of [
      [egress, 1],
      [ingress, 0],
    ] as const) {
      const storage = loaded.program.maps[0]!;
      const { memory } = m.linux;
      const at = memory.allocate(32);
      memory.view.setUint32(at, web.id, true);
      memory.view.setUint32(at + 8, type, true);
      expect(storage.userLookup(at, at + 16)).toBe(0);
      expect(memory.view.getUint32(at + 16, true)).toBe(2 * 28 + 150);
    }
  });

  test("TCP inside of a cgroup that drops what comes in never connects", async () => {
    const m = new Machine({ seed: 4 });
    m.linux.cgroups.make("/web");
    m.attach(m.load(program("cgroup_skb", "cgroup_skb/ingress", NO)), "cgroup:/web");
    m.linux.network.outside.answer(80, () => ({ connected() {}, received() {}, closed() {} }) as never);
    const drops: number[] = [];
    m.linux.hooks.attach("tracepoint:skb:kfree_skb", {
      run: (at) => drops.push(m.linux.memory.view.getUint32(at + 36, true)),
    });
    await inWeb(
      m,
      (seen) =>
        function* (sys) {
          seen.push(yield sys.connect(yield sys.socket(), "10.0.0.1", 80));
        },
    );
    // SKB_DROP_REASON_SOCKET_FILTER
    expect(drops).toContain(5);
  });
});
