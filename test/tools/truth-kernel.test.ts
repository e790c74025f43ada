/** Each tool on a machine where only what the test makes happen happens: its rows are all of it, and nothing else. */
import { describe, expect, it } from "vitest";
import { Machine, workloads } from "../../src/index.ts";
import { O_CREAT, O_RDONLY, O_WRONLY } from "../../src/linux/open.ts";
import { client, does, reads, server, watch, withFiles } from "./machine.ts";

describe("processes", () => {
  const runs = (path: string, argv: readonly string[], code = 0) =>
    does("parent", function* (sys) {
      yield sys.nanosleep(1e6);
      yield sys.fork(function* (child) {
        yield child.execve(
          path,
          function* (own) {
            yield own.nanosleep(1e6);
            yield own.call(231, [code]);
          },
          argv,
        );
      });
      yield sys.wait();
      yield sys.nanosleep(10e9);
    });

  it("execsnoop -n: the program that was asked for, with its arguments, and not another", async () => {
    const both = [runs("/usr/bin/ls", ["ls", "-l", "/tmp"]), runs("/usr/bin/cat", ["cat", "/etc/motd"])];
    const { rows, text } = await watch("execsnoop", { name: "^ls$" }, both);
    expect(rows.map(({ comm, ret, args }) => [comm, ret, args])).toEqual([["ls", 0, "ls -l /tmp"]]);
    expect(text).toBe(
      `PCOMM            PID     PPID    RET ARGS\nls               ${rows[0]!.pid}    ${rows[0]!.ppid}      0 ls -l /tmp\n`,
    );
    expect((await watch("execsnoop", {}, both)).length).toBe(2);
  });

  it("exitsnoop -x: the one that failed, and not the one that did not", async () => {
    const rows = await watch("exitsnoop", { failed: true }, [
      runs("/usr/bin/ls", ["ls"], 0),
      runs("/usr/bin/cat", ["cat"], 3),
    ]);
    expect(rows.rows.map(({ comm, code, signal }) => ({ comm, code, signal }))).toEqual([
      { comm: "cat", code: 3, signal: 0 },
    ]);
    expect(rows.text).toMatch(/^PCOMM +PID +PPID +TID +AGE\(s\) +EXIT_CODE \ncat +\d+ +\d+ +\d+ +0\.00 +code 3\n$/);
  });

  it("killsnoop -s: signal 15 with its result, and not signal 10", async () => {
    const rows = await watch("killsnoop", { signal: 15 }, [
      does("killer", function* (sys) {
        yield sys.nanosleep(1e6);
        yield sys.kill(999_999, 15);
        yield sys.kill(999_999, 10);
        yield sys.nanosleep(10e9);
      }),
    ]);
    expect(rows.rows.map(({ comm, signal, target, result }) => [comm, signal, target, result])).toEqual([
      ["killer", 15, 999_999, -3],
    ]);
  });

  it("capable: the capability that was asked for, not by another process", async () => {
    const rename = (comm: string) =>
      does(comm, function* (sys) {
        yield sys.nanosleep(1e6);
        yield sys.setuid(0);
        yield sys.nanosleep(10e9);
      });
    const machine = new Machine({ cpus: 2, seed: 7 });
    const wanted = machine.linux.process(rename("wanted"));
    machine.linux.process(rename("other"));
    const rows = await machine.tool("capable", { for: "100ms", pid: wanted.pid });
    expect(rows.rows.map(({ comm, name }) => [comm, name])).toEqual([["wanted", "CAP_SETUID"]]);
  });

  it("mountsnoop: mount and umount as calls, not those of another process", async () => {
    const mounts = (comm: string, place: string) =>
      does(comm, function* (sys) {
        yield sys.nanosleep(1e6);
        yield sys.call(165, [sys.string("none"), sys.string(place), sys.string("tmpfs"), 1, sys.string("")]);
        yield sys.call(166, [sys.string(place), 2]);
        yield sys.nanosleep(10e9);
      });
    const machine = new Machine({ cpus: 2, seed: 7 });
    machine.linux.files.mkdir("/mnt/a");
    machine.linux.files.mkdir("/mnt/b");
    const wanted = machine.linux.process(mounts("wanted", "/mnt/a"));
    machine.linux.process(mounts("other", "/mnt/b"));
    const { rows } = await machine.tool("mountsnoop", { for: "100ms", pid: wanted.pid });
    expect(rows.map(({ call }) => call)).toEqual([
      'mount("none", "/mnt/a", "tmpfs", MS_RDONLY, "") = 0',
      'umount("/mnt/a", MNT_DETACH) = 0',
    ]);
  });

  it("oomkill: who was killed; nothing where memory lasts", async () => {
    const hungry = new Machine({ cpus: 1, seed: 7, ram: 64 * 2 ** 20 });
    hungry.spawn(workloads.memoryHog({ rate: 2000, step: 1 }));
    const killed = await hungry.tool("oomkill", { for: "2s" });
    expect(killed.length).toBeGreaterThan(0);
    expect(killed.text).toMatch(
      /^Tracing OOM kills\.\.\. Ctrl-C to stop\.\n\d\d:\d\d:\d\d Triggered by PID \d+ \("\w+"\), OOM kill of PID \d+ \("\w+"\), \d+ pages, loadavg: /,
    );
    expect([...hungry.dmesg()].some(({ text }) => text.includes(`Killed process ${killed.rows[0]!.killedPid}`))).toBe(
      true,
    );
    expect((await watch("oomkill", {}, [reads("calm", "/etc/hosts", 1)])).length).toBe(0);
  });

  it("syscount --syscall: all reads, and no other call", async () => {
    const rows = await watch("syscount", { syscall: "read" }, [reads("reader", "/data/a.bin", 12)], withFiles);
    expect(rows.rows).toEqual([{ name: "read", count: 12, totalNs: 0 }]);
    expect(rows.text).toContain("SYSCALL                   COUNT\nread                         12\n");
  });
});

describe("files", () => {
  it("opensnoop -x: the file that is not there, and not the one that is", async () => {
    const opens = does("opener", function* (sys) {
      yield sys.nanosleep(1e6);
      yield sys.openat("/data/a.bin", O_RDONLY);
      yield sys.openat("/no/such", O_RDONLY);
      yield sys.nanosleep(10e9);
    });
    const rows = await watch("opensnoop", { failed: true }, [opens], withFiles);
    expect(rows.text).toBe(
      `PID    COMM               FD ERR PATH\n${rows.rows[0]!.pid}   opener             -1   2 /no/such\n`,
    );
    expect((await watch("opensnoop", {}, [opens], withFiles)).rows.map(({ path, errno }) => [path, errno])).toEqual([
      ["/data/a.bin", 0],
      ["/no/such", 2],
    ]);
  });

  it("statsnoop -x: the question about what is not there, not the other", async () => {
    const rows = await watch(
      "statsnoop",
      { failed: true },
      [
        does("asker", function* (sys) {
          yield sys.nanosleep(1e6);
          yield sys.stat("/data/a.bin");
          yield sys.stat("/nothing");
          yield sys.nanosleep(10e9);
        }),
      ],
      withFiles,
    );
    expect(rows.rows.map(({ comm, path, errno }) => [comm, path, errno])).toEqual([["asker", "/nothing", 2]]);
  });

  it("filetop: calls and bytes of each file, and no file of another process", async () => {
    const machine = new Machine({ cpus: 2, seed: 7 });
    withFiles(machine);
    const wanted = machine.linux.process(reads("wanted", "/data/a.bin", 5));
    machine.linux.process(reads("other", "/data/b.bin", 5));
    const { rows } = await machine.tool("filetop", { pid: wanted.pid, interval: 1, count: 1 });
    expect(rows).toEqual([
      {
        tid: wanted.pid,
        comm: "wanted",
        reads: 5,
        writes: 0,
        readBytes: 20_480,
        writtenBytes: 0,
        type: "R",
        file: "a.bin",
      },
    ]);
  });

  it("fileslower: what came from the disk, not what was in memory", async () => {
    const { rows } = await watch(
      "fileslower",
      { minMs: 1 },
      [
        does("reader", function* (sys) {
          yield sys.nanosleep(1e6);
          const fd = yield sys.openat("/srv/slow.bin", O_RDONLY);
          yield sys.pread(fd, 4096, 0);
          yield sys.pread(fd, 4096, 0);
          yield sys.nanosleep(10e9);
        }),
      ],
      (m) => m.linux.files.create("/srv/slow.bin", 8192),
    );
    expect(rows.map(({ comm, direction, bytes, file }) => [comm, direction, bytes, file])).toEqual([
      ["reader", "R", 4096, "slow.bin"],
    ]);
    expect(rows[0]!.latencyMs).toBeGreaterThan(1);
  });

  it("vfsstat: calls a second, not those of another process", async () => {
    const machine = new Machine({ cpus: 2, seed: 7 });
    withFiles(machine);
    const wanted = machine.linux.process(reads("wanted", "/data/a.bin", 8));
    machine.linux.process(reads("other", "/data/b.bin", 5));
    const result = await machine.tool("vfsstat", { pid: wanted.pid, interval: 1, count: 1 });
    expect(result.text).toBe(
      "TIME         READ/s  WRITE/s  FSYNC/s   OPEN/s CREATE/s\n00:00:01:         8        0        0        1        0\n",
    );
  });

  it("ext4dist: each operation once, and none of /proc", async () => {
    const { rows } = await watch(
      "ext4dist",
      {},
      [reads("reader", "/data/a.bin", 6), reads("other", "/proc/loadavg", 3)],
      withFiles,
    );
    const total = (of: string) => rows.filter((row) => row.of === of).reduce((sum, { count }) => sum + count, 0);
    expect([total("read"), total("open"), total("write"), total("fsync")]).toEqual([6, 1, 0, 0]);
  });

  it("cachestat: pages that were written are no misses", async () => {
    const { rows } = await watch("cachestat", { interval: 1, count: 1 }, [
      does("writer", function* (sys) {
        yield sys.nanosleep(1e6);
        const fd = yield sys.openat("/tmp/new", O_CREAT | O_WRONLY, 0o644);
        yield sys.write(fd, 40_960);
        yield sys.nanosleep(10e9);
      }),
    ]);
    expect(rows.map(({ misses }) => misses)).toEqual([0]);
  });
});

describe("disks", () => {
  const readsTwoDisks = [reads("fast", "/data/a.bin", 3, 4096), reads("slow", "/srv/x.bin", 1, 4096)];
  const twoDisks = (m: Machine) => {
    withFiles(m);
    m.linux.files.create("/srv/x.bin", 4096);
  };

  it("biosnoop -d: requests of one disk, and none of the other", async () => {
    const { rows, text } = await watch("biosnoop", { disk: "vdb" }, readsTwoDisks, twoDisks);
    expect(rows.map(({ comm, disk, type, bytes }) => [comm, disk, type, bytes])).toEqual([["slow", "vdb", "R", 4096]]);
    expect(text.split("\n")[0]).toBe("TIME(s)     COMM           PID    DISK    T SECTOR     BYTES   LAT(ms)");
  });

  it("biolatency -D: as many as biosnoop sees on each disk", async () => {
    const all = await watch("biosnoop", {}, readsTwoDisks, twoDisks);
    const { rows } = await watch("biolatency", { disks: true }, readsTwoDisks, twoDisks);
    const total = (disk: string) => rows.filter(({ of }) => of === disk).reduce((sum, { count }) => sum + count, 0);
    expect(total("vdb")).toBe(1);
    expect(total("vda")).toBe(all.rows.filter(({ disk }) => disk === "vda").length);
    expect(rows.some(({ of }) => of === "vdc")).toBe(false);
  });

  it("bitesize: 4 Kbytes of the one that asked for them, nothing of who found them in memory", async () => {
    const { rows } = await watch(
      "bitesize",
      {},
      [reads("slow", "/srv/x.bin", 1), reads("idle", "/proc/loadavg", 1)],
      twoDisks,
    );
    expect(rows).toEqual([{ of: "slow", low: 4, high: 7, count: 1 }]);
  });

  it("biotop -p: one process on one disk", async () => {
    const machine = new Machine({ cpus: 2, seed: 7 });
    twoDisks(machine);
    const wanted = machine.linux.process(readsTwoDisks[1]!);
    machine.linux.process(readsTwoDisks[0]!);
    const { rows } = await machine.tool("biotop", { pid: wanted.pid, interval: 1, count: 1 });
    expect(rows.map(({ comm, disk, type, requests, bytes }) => [comm, disk, type, requests, bytes])).toEqual([
      ["slow", "vdb", "R", 1, 4096],
    ]);
  });
});

describe("the network", () => {
  const traffic = [server(8080), server(9090), client("wanted", 8080, 10_240), client("other", 9090, 20_480)];

  it("tcpconnect -P: the connection to one port, not the other", async () => {
    const { rows, text } = await watch("tcpconnect", { port: "8080" }, traffic);
    expect(rows.map(({ comm, ip, remoteAddress, remotePort }) => [comm, ip, remoteAddress, remotePort])).toEqual([
      ["wanted", 4, "127.0.0.1", 8080],
    ]);
    expect(text).toMatch(
      /^Tracing connect .*\nPID {5}COMM {9}IP SADDR {12}DADDR {12}DPORT \n\d{4} {4}wanted {7}4 {2}127\.0\.0\.1 {8}127\.0\.0\.1 {8}8080 {2}\n$/,
    );
  });

  it("tcpaccept -P: the connection that one server took", async () => {
    const { rows } = await watch("tcpaccept", { port: "9090" }, traffic);
    expect(rows.map(({ comm, localPort }) => [comm, localPort])).toEqual([["server", 9090]]);
  });

  it("tcplife -D: bytes that went to one port", async () => {
    const { rows } = await watch("tcplife", { remoteport: "8080" }, traffic);
    expect(rows.map(({ comm, remotePort, sentBytes }) => [comm, remotePort, sentBytes])).toEqual([
      ["wanted", 8080, expect.toSatisfy((n: number) => n >= 10_240 && n <= 10_242)],
    ]);
  });

  it("tcpstates -L: the states of one listener's side, and no other port", async () => {
    const { rows } = await watch("tcpstates", { remoteport: "8080" }, traffic);
    expect(rows[0]).toMatchObject({ oldState: "CLOSE", newState: "SYN_SENT" });
    expect(rows[1]).toMatchObject({ oldState: "SYN_SENT", newState: "ESTABLISHED" });
    expect(rows.every(({ remotePort }) => remotePort === 8080)).toBe(true);
  });

  it("tcptop -p: bytes of one process", async () => {
    const machine = new Machine({ cpus: 2, seed: 7 });
    for (const each of traffic.slice(0, 2)) machine.linux.process(each);
    const wanted = machine.linux.process(traffic[2]!);
    machine.linux.process(traffic[3]!);
    const { rows } = await machine.tool("tcptop", { pid: wanted.pid, interval: 1, count: 1 });
    expect(
      rows.map(({ comm, remotePort, sentBytes, receivedBytes }) => [comm, remotePort, sentBytes, receivedBytes]),
    ).toEqual([["wanted", 8080, 10_240, 0]]);
  });

  it("tcpretrans: where packets are lost, and nothing where none is", async () => {
    const lossy = new Machine({ cpus: 2, seed: 7 });
    lossy.spawn(workloads.lossyNetwork({ loss: 0.1, latency: 1, size: 200_000, pause: 50 }));
    const { rows } = await lossy.tool("tcpretrans", { for: "1s" });
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ remotePort }) => remotePort === 873)).toBe(true);
    expect((await watch("tcpretrans", {}, traffic)).length).toBe(0);
  });

  it("bindsnoop -P and solisten -p: address, port and backlog of one server", async () => {
    const machine = new Machine({ cpus: 2, seed: 7 });
    const wanted = machine.linux.process(server(8080));
    machine.linux.process(server(9090));
    const binds = machine.tool("bindsnoop", { for: "1ms", port: "8080" });
    expect((await binds).rows.map(({ comm, protocol, address, port }) => [comm, protocol, address, port])).toEqual([
      ["server", "TCP", "0.0.0.0", 8080],
    ]);
    const other = new Machine({ cpus: 2, seed: 7 });
    const same = other.linux.process(server(8080));
    other.linux.process(server(9090));
    const { rows } = await other.tool("solisten", { for: "1ms", pid: same.pid });
    expect(rows.map(({ pid, protocol, backlog, port, address }) => [pid, protocol, backlog, port, address])).toEqual([
      [wanted.pid, "TCPv4", 7, 8080, "0.0.0.0"],
    ]);
  });
});
