import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Stat } from "../../src/linux/fs/stat.ts";
import { Linux } from "../../src/linux/linux.ts";
import { O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from "../../src/linux/open.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";
import { names, record } from "./record.ts";

const [EPERM, ENOENT, EBADF, EACCES, EEXIST, ENOTDIR, EISDIR] = [-1, -2, -9, -13, -17, -20, -21];
const [EINVAL, EMFILE, ENOTTY, ENOSPC, ESPIPE, ENOTEMPTY, ELOOP, EXDEV] = [-22, -24, -25, -28, -29, -39, -40, -18];

/** Runs a program for a while; what it notes comes back. */
function run(linux: Linux, program: (sys: Sys, note: (value: unknown) => void) => UserCode, uid = 0): unknown[] {
  const notes: unknown[] = [];
  linux.process({ comm: "test", uid, gid: uid, program: (sys) => program(sys, (value) => notes.push(value)) });
  linux.runUntil(linux.ktimeNs() + 3_000_000_000);
  return notes;
}

function home(): Linux {
  const linux = new Linux();
  linux.files.create("/etc/shadow", "root:*:1::::::\n", { mode: 0o600 });
  linux.files.create("/home/student/a", "hello\n", { uid: 1000, gid: 1000 });
  linux.files.symlink("/home/student/here", "a");
  linux.files.symlink("/home/student/loop", "loop");
  return linux;
}

describe("open", () => {
  it("says what Linux says of names that are wrong", () => {
    const attempts: readonly (readonly [string, number, number])[] = [
      ["/etc/none", O_RDONLY, ENOENT],
      ["/none/none", O_RDONLY, ENOENT],
      ["", O_RDONLY, ENOENT],
      ["/etc/shadow", O_RDONLY, EACCES],
      ["/etc/new", O_WRONLY | O_CREAT, EACCES],
      ["/etc", O_WRONLY, EISDIR],
      ["/etc", O_RDONLY | O_CREAT, EISDIR],
      ["/home/student/a/b", O_RDONLY, ENOTDIR],
      ["/home/student/a/", O_RDONLY, ENOTDIR],
      ["/home/student/a", O_DIRECTORY, ENOTDIR],
      ["/home/student/a", O_CREAT | O_EXCL, EEXIST],
      ["/home/student/loop", O_RDONLY, ELOOP],
      ["/home/student/here", O_RDONLY, 0],
      ["/home/../home/student/./here", O_RDONLY, 0],
      ["/../../bin/../bin", O_DIRECTORY, 0],
      ["/bin/../usr", O_DIRECTORY, ENOENT],
      ["/home/student/new", O_RDWR | O_CREAT, 0],
      [`/${"x".repeat(256)}`, O_RDONLY, -36],
      ["/proc/none", O_RDONLY, ENOENT],
      ["/proc/new", O_WRONLY | O_CREAT, EACCES],
    ];
    const results = run(
      home(),
      function* (sys, note) {
        for (const [path, flags] of attempts) {
          const fd = yield sys.openat(path, flags, 0o644);
          note(Math.min(fd, 0));
          if (fd >= 0) yield sys.close(fd);
        }
      },
      1000,
    );
    expect(results).toEqual(attempts.map(([, , result]) => result));
  });

  it("refuses more descriptors than a process may have", () => {
    const results = run(home(), function* (sys, note) {
      for (let i = 0; i < 1025; i++) note(yield sys.openat("/home/student/a", O_RDONLY));
    });
    expect(results.slice(-2)).toEqual([1023, EMFILE]);
  });

  it("asks for the capability only where the mode denies", () => {
    const linux = home();
    const seen: (readonly string[])[] = [];
    linux.hooks.attach("kprobe:cap_capable", { run: () => void seen.push(names(linux, "kernel")) });
    const open = function* (sys: Sys): UserCode {
      yield sys.openat("/home/student/a", O_RDONLY);
      yield sys.openat("/etc/shadow", O_RDONLY);
    };
    run(linux, open);
    expect(seen).toEqual([]);
    run(linux, open, 1000);
    expect(seen[0]!.slice(0, 5)).toEqual([
      "cap_capable",
      "security_capable",
      "capable_wrt_inode_uidgid",
      "generic_permission",
      "inode_permission",
    ]);
  });
});

describe("names", () => {
  it("come, change and go", () => {
    const stats: Stat[] = [];
    const listed: string[] = [];
    const results = run(home(), function* (sys, note) {
      note(yield sys.mkdir("/tmp/d"));
      note(yield sys.mkdir("/tmp/d"));
      const fd = yield sys.openat("/tmp/d/f", O_RDWR | O_CREAT, 0o600);
      yield sys.print(fd, "first\nsecond\n");
      note(yield sys.link("/tmp/d/f", "/tmp/d/g"));
      note(yield sys.rename("/tmp/d/f", "/tmp/d/h"));
      note(yield sys.rename("/tmp/d/h", "/srv/h"));
      note(yield sys.rename("/tmp/d", "/tmp/d/e"));
      note(yield sys.rmdir("/tmp/d"));
      note(yield sys.unlink("/tmp/d"));
      note(yield sys.stat("/tmp/d/h", stats));
      const dir = yield sys.openat("/tmp/d", O_DIRECTORY);
      note(yield sys.getdents(dir, listed));
      note(yield sys.getdents(dir, listed));
      note(yield sys.unlink("/tmp/d/h"));
      note(yield sys.unlink("/tmp/d/g"));
      note(yield sys.fstat(fd, stats));
      note(yield sys.pread(fd, 100, 6));
      note(yield sys.rmdir("/tmp/d"));
      note(yield sys.stat("/tmp/d"));
    });
    const there = [24, 24, 24, 24].reduce((a, b) => a + b, 0);
    expect(results).toEqual([0, EEXIST, 0, 0, EXDEV, EINVAL, ENOTEMPTY, EISDIR, 0, there, 0, 0, 0, 0, 7, 0, ENOENT]);
    expect(listed.sort()).toEqual([".", "..", "g", "h"]);
    expect(stats.map(({ nlink, size, mode }) => ({ nlink, size, mode }))).toEqual([
      { nlink: 2, size: 13, mode: 0o100600 },
      { nlink: 0, size: 13, mode: 0o100600 },
    ]);
  });

  it("are remembered: what is there, and what is not", () => {
    const linux = home();
    const lookups: string[] = [];
    linux.hooks.attach("kprobe:ext4_lookup", { run: () => void lookups.push(names(linux, "kernel")[1]!) });
    run(linux, function* (sys) {
      for (let i = 0; i < 3; i++) {
        yield sys.openat("/etc/shadow", O_RDONLY);
        yield sys.openat("/etc/none", O_RDONLY);
      }
    });
    // `etc`, `shadow`, `none`, once each.
    expect(lookups).toEqual(["__lookup_slow", "path_openat", "path_openat"]);
    linux.files.create("/etc/none", "now");
    expect(
      run(linux, function* (sys, note) {
        note(yield sys.access("/etc/none", 4));
      }),
    ).toEqual([0]);
  });

  it("belong to somebody", () => {
    const results = run(
      home(),
      function* (sys, note) {
        note(yield sys.chmod("/etc/shadow", 0o666));
        note(yield sys.chown("/home/student/a", 0, 0));
        note(yield sys.chmod("/home/student/a", 0o000));
        note(yield sys.openat("/home/student/a", O_RDONLY));
        note(yield sys.unlink("/etc/shadow"));
        note(yield sys.chdir("/home/student"));
        note(yield sys.unlink("a"));
      },
      1000,
    );
    expect(results).toEqual([EPERM, EPERM, 0, EACCES, EACCES, 0, 0]);
  });
});

describe("contents", () => {
  it("are what was written, in whatever pieces", () => {
    const piece = fc.tuple(fc.nat(300), fc.string({ minLength: 1, maxLength: 60, unit: "grapheme-ascii" }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(200), (pieces, cut) => {
        const linux = home();
        let model = "hello\n";
        run(linux, function* (sys) {
          const fd = yield sys.openat("/home/student/a", O_RDWR);
          for (const [at, text] of pieces) {
            yield sys.lseek(fd, at, 0);
            yield sys.print(fd, text);
            model = model.padEnd(at, "\0").slice(0, at) + text + model.slice(at + text.length);
          }
          yield sys.ftruncate(fd, cut);
          model = model.slice(0, cut).padEnd(cut, "\0");
        });
        const { size, content } = linux.files.lookup("/home/student/a")!;
        const bytes = new Uint8Array(size);
        content.read(0, bytes);
        expect(new TextDecoder().decode(bytes)).toBe(model);
      }),
      { numRuns: 40 },
    );
  });

  it("end where the disk is full", () => {
    const linux = home();
    const { sb } = linux.files.lookup("/")!;
    sb.used = sb.capacity - 10_000;
    const results = run(linux, function* (sys, note) {
      const fd = yield sys.openat("/home/big", O_WRONLY | O_CREAT | O_TRUNC, 0o644);
      note(yield sys.write(fd, 8_000));
      note(yield sys.write(fd, 8_000));
      note(yield sys.write(fd, 8_000));
      yield sys.unlink("/home/big");
      yield sys.close(fd);
      const other = yield sys.openat("/home/small", O_WRONLY | O_CREAT, 0o644);
      note(yield sys.write(other, 8_000));
    });
    expect(results).toEqual([8_000, 2_000, ENOSPC, 8_000]);
  });

  it("cannot be reached through what is no file", () => {
    const pipe: number[] = [];
    const results = run(home(), function* (sys, note) {
      yield sys.pipe(pipe);
      note(yield sys.lseek(pipe[0]!, 0, 0));
      note(yield sys.ioctl(pipe[0]!, 0x5401));
      const dir = yield sys.openat("/etc", O_RDONLY);
      note(yield sys.read(dir, 10));
      note(yield sys.write(99, 10));
      const file = yield sys.openat("/home/student/a", O_RDONLY);
      note(yield sys.write(file, 10));
      note(yield sys.lseek(file, -1, 0));
    });
    expect(results).toEqual([ESPIPE, ENOTTY, EISDIR, EBADF, EBADF, EINVAL]);
  });
});

describe("fsync", () => {
  it("returns when pages and journal are on the disk", () => {
    const linux = home();
    const events = record(linux, [
      "tracepoint:ext4:ext4_sync_file_enter",
      "tracepoint:block:block_rq_complete",
      "tracepoint:jbd2:jbd2_end_commit",
      "tracepoint:ext4:ext4_sync_file_exit",
    ]);
    const results = run(linux, function* (sys, note) {
      const fd = yield sys.openat("/home/student/a", O_WRONLY);
      yield sys.write(fd, 20_000);
      const begin = sys.now();
      note(yield sys.fsync(fd));
      note(sys.now() - begin > 1_000_000);
      note(yield sys.fsync(fd));
    });
    expect(results).toEqual([0, true, 0]);
    const order = events.map(({ hook }) => hook.slice(hook.lastIndexOf(":") + 1));
    expect(order.slice(0, 2)).toEqual(["ext4_sync_file_enter", "block_rq_complete"]);
    expect(order.indexOf("jbd2_end_commit")).toBe(order.indexOf("ext4_sync_file_exit") - 1);
    // Data, the journal, a flush, the commit, a flush.
    expect(order.filter((name) => name === "block_rq_complete")).toHaveLength(5);
    expect(linux.files.lookup("/home/student/a")!.pages.dirty).toBe(0);
  });
});
