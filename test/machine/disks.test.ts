import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rwbs } from "../../src/linux/block/request.ts";
import { Linux } from "../../src/linux/linux.ts";
import { O_CREAT, O_RDWR } from "../../src/linux/open.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { names } from "./record.ts";

const BLOCK = [
  "block_getrq",
  "block_rq_insert",
  "block_rq_issue",
  "block_rq_complete",
  "block_io_start",
  "block_io_done",
];

/** Counts events of the block layer, and remembers who raised them. */
function watch(linux: Linux): {
  readonly counts: Record<string, number>;
  readonly raisers: Record<string, Set<string>>;
} {
  const counts: Record<string, number> = {};
  const raisers: Record<string, Set<string>> = {};
  for (const name of BLOCK) {
    counts[name] = 0;
    raisers[name] = new Set();
    linux.hooks.attach(`tracepoint:block:${name}`, {
      run() {
        counts[name]!++;
        raisers[name]!.add(names(linux, "kernel")[0]!);
      },
    });
  }
  return { counts, raisers };
}

/** Reads and writes at random places of files on one of the disks. */
function use(linux: Linux, folder: string, places: readonly number[]): void {
  linux.files.create(`${folder}/big`, 400_000_000);
  linux.process({
    comm: "user",
    *program(sys) {
      const fd = yield sys.openat(`${folder}/big`, O_RDWR | O_CREAT);
      for (const place of places) {
        if (place % 3 === 0) yield sys.pwrite(fd, 30_000, place);
        else yield sys.pread(fd, 30_000, place);
        if (place % 7 === 0) yield sys.fsync(fd);
      }
    },
  });
}

describe("requests", () => {
  it("are each issued and completed once, on every kind of disk", () => {
    const places = fc.array(fc.nat(399_000_000), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(fc.constantFrom("/root", "/srv", "/var/lib/postgresql"), places, (folder, all) => {
        const format = all.length % 2 === 0 ? "ext4" : "xfs";
        const linux = new Linux({ seed: all.length, fileSystems: { "/srv": format, "/var/lib/postgresql": format } });
        const { counts, raisers } = watch(linux);
        use(linux, folder, all);
        linux.runUntil(15_000_000_000);
        expect(counts.block_rq_issue).toBe(counts.block_rq_complete);
        expect(counts.block_io_start).toBe(counts.block_getrq);
        // Flushes are the block layer's own: they are issued, and nobody got a request for them.
        const flushes = linux.disks.reduce((sum, disk) => sum + disk.flushes.completed, 0);
        expect(counts.block_rq_issue).toBe(counts.block_getrq! + flushes);
        for (const disk of linux.disks) {
          expect(disk.inFlight).toBe(0);
          expect(disk.waiting).toEqual([]);
          const { reads, writes } = disk;
          expect((reads.sectors + writes.sectors) * 512).toBe(disk.bytes);
        }
        expect([...raisers.block_rq_issue!]).toEqual(["blk_mq_start_request"]);
        expect([...raisers.block_rq_complete!]).toEqual(["blk_update_request"]);
        expect(linux.tasks().filter(({ comm }) => comm === "user")).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it("take as long as their disk: seeks, cells, lanes", () => {
    const time = (folder: string) => {
      const linux = new Linux({ seed: 5 });
      use(
        linux,
        folder,
        Array.from({ length: 20 }, (_, i) => ((i * 7919) % 97) * 4_000_000 + 1),
      );
      linux.runUntil(5_000_000_000);
      const { reads } = linux.disks.find((disk) => disk.reads.completed > 0)!;
      return reads.ns / reads.completed;
    };
    const [ssd, hdd, nvme] = [time("/root"), time("/srv"), time("/var/lib/postgresql")];
    expect(hdd).toBeGreaterThan(4_000_000);
    expect(ssd / nvme).toBeGreaterThan(1.8);
    expect(hdd / ssd).toBeGreaterThan(20);
  });

  it("wait for a disk that is slow today", () => {
    const linux = new Linux();
    use(linux, "/root", [1, 50_000_000]);
    linux.disk.slowdown = 100;
    linux.runUntil(1e9);
    expect(linux.disk.reads.ns / linux.disk.reads.completed).toBeGreaterThan(5_000_000);
  });

  it("are structs that lead to the disk", () => {
    const linux = new Linux();
    const seen: (readonly [number, number])[] = [];
    linux.hooks.attach("kprobe:blk_mq_start_request", {
      run(at) {
        // rdi of pt_regs.
        const request = linux.memory.u32[(at + 112) >> 2]!;
        seen.push([request, linux.memory.i32[(at + 116) >> 2]!]);
      },
    });
    use(linux, "/root", [4096]);
    linux.runUntil(1e9);
    expect(seen.length).toBeGreaterThan(0);
    for (const [low, high] of seen) expect([low > 0, high >>> 0]).toEqual([true, 0xffff_8880]);
  });
});

describe("write-back", () => {
  it("puts neighbours into one request", () => {
    const linux = new Linux();
    linux.process({
      comm: "writer",
      *program(sys) {
        const fd = yield sys.openat("/home/log", O_RDWR | O_CREAT, 0o644);
        for (let i = 0; i < 30; i++) yield sys.write(fd, 100_000);
        yield sys.fsync(fd);
      },
    });
    linux.runUntil(1e9);
    // 733 pages: bios of 256, requests of up to 320.
    expect(linux.disk.writes.merged).toBe(0);
    expect(linux.disk.bytes).toBeGreaterThan(733 * 4096);
    expect(linux.files.pages.dirty).toBe(0);
  });

  it("tells kinds and flags as blktrace does", () => {
    const flags: readonly (readonly [number, string])[] = [
      [0, "R"],
      [1 << 19, "RA"],
      [1, "W"],
      [1 | (1 << 11), "WS"],
      [1 | (1 << 11) | (1 << 12) | (1 << 17) | (1 << 18), "FWFSM"],
      [2 | (1 << 18), "FF"],
    ];
    for (const [value, text] of flags) expect(rwbs(value)).toBe(text);
  });
});

describe("open files", () => {
  it("are closed, or held by a task that lives", () => {
    const linux = new Linux({ seed: 9 });
    linux.spawn(workloads.mixed());
    linux.runUntil(2_000_000_000);
    const held = new Map<unknown, number>();
    for (const task of linux.tasks()) {
      for (const [, file] of task.files.entries()) if (file.inode) held.set(file, (held.get(file) ?? 0) + 1);
    }
    for (const [file, references] of held) expect((file as { references: number }).references).toBe(references);
    const opened = new Map<unknown, number>();
    for (const file of held.keys()) {
      const { inode } = file as { inode: object };
      opened.set(inode, (opened.get(inode) ?? 0) + 1);
    }
    for (const inode of linux.files.list()) expect(inode.opened, String(inode.ino)).toBe(opened.get(inode) ?? 0);
  });

  it("are read from pages that came from a disk, and from nowhere else", () => {
    const linux = new Linux({ seed: 11 });
    let pages = 0;
    let read = 0;
    const count = (name: string, run: (at: number) => void) => linux.hooks.attach(`tracepoint:${name}`, { run });
    count("filemap:mm_filemap_add_to_page_cache", () => void pages++);
    count("filemap:mm_filemap_delete_from_page_cache", () => void pages--);
    count("block:block_rq_complete", (at) => {
      const isRead = linux.memory.u8[at + 34] === "R".charCodeAt(0);
      if (isRead) read += linux.memory.u32[(at + 24) >> 2]! * 512;
    });
    // Larger than the cache: pages must go.
    for (let i = 0; i < 60; i++) linux.files.create(`/data/${i}`, 2_000_000);
    linux.process({
      comm: "reader",
      *program(sys) {
        for (let i = 0; i < 60; i++) {
          const fd = yield sys.openat(`/data/${i}`, O_RDWR);
          while ((yield sys.read(fd, 100_000)) > 0);
          yield sys.close(fd);
        }
      },
    });
    linux.runUntil(20_000_000_000);
    const resident = linux.files.list().reduce((sum, inode) => sum + inode.pages.resident, 0);
    expect(resident).toBeGreaterThan(10_000);
    expect(resident).toBeLessThan(16_384 + 64);
    expect(pages).toBe(resident);
    expect(linux.files.pages.resident).toBe(resident);
    expect(read).toBe(60 * Math.ceil(2_000_000 / 4096) * 4096);
  });
});

describe("a disk with XFS", () => {
  it("runs XFS's functions and not ext4's, and fsync waits for its log", () => {
    const linux = new Linux({ seed: 3, fileSystems: { "/srv": "xfs" } });
    const calls: string[] = [];
    for (const name of [
      "xfs_file_open",
      "xfs_file_write_iter",
      "xfs_file_read_iter",
      "xfs_file_fsync",
      "ext4_file_open",
    ])
      linux.hooks.attach(`kprobe:${name}`, { run: () => void calls.push(name) });
    const order: string[] = [];
    for (const name of ["kprobe:xlog_write_iclog", "kprobe:xlog_ioend_work", "kretprobe:xfs_file_fsync"])
      linux.hooks.attach(name, { run: () => void order.push(name) });
    linux.process({
      comm: "user",
      *program(sys) {
        const fd = yield sys.openat("/srv/new", O_RDWR | O_CREAT);
        yield sys.print(fd, "hello");
        yield sys.fsync(fd);
        yield sys.pread(fd, 5, 0);
      },
    });
    linux.runUntil(1_000_000_000);
    expect(calls).toEqual(["xfs_file_open", "xfs_file_write_iter", "xfs_file_fsync", "xfs_file_read_iter"]);
    expect(order).toEqual(["kprobe:xlog_write_iclog", "kprobe:xlog_ioend_work", "kretprobe:xfs_file_fsync"]);
    expect(linux.files.list().find(({ sb }) => sb.type.name === "xfs")?.sb.root.ino).toBe(128);
  });

  it("is refused where there is no such disk", () => {
    expect(() => new Linux({ fileSystems: { "/home": "xfs" } as never })).toThrow(/fileSystems must be such as/);
  });
});
