import { describe, expect, it } from "vitest";
import { machineBtf, type Release } from "../../src/btf/data/machine.ts";
import { pathOf } from "../../src/btf/member-path.ts";
import { Linux } from "../../src/linux/linux.ts";
import { O_CREAT, O_RDWR } from "../../src/linux/open.ts";
import { USER_HEAP } from "../../src/linux/user-buffer.ts";

/** Follows pointers as a program does: `walk(at, "file.f_path.dentry", "dentry.d_name.name")`. */
class Walker {
  readonly #linux: Linux;
  readonly #release: Release;

  constructor(linux: Linux, release: Release) {
    this.#linux = linux;
    this.#release = release;
  }

  /** A register of the probed function, as an offset in memory. */
  register(context: number, name: "di" | "si" | "dx"): number {
    const at = { di: 112, si: 104, dx: 96 }[name];
    return this.#pointer(context + at);
  }

  #pointer(at: number): number {
    const { memory, objects } = this.#linux;
    objects.refresh(at, 8);
    return memory.offsetOf(memory.view.getBigUint64(at, true)) ?? 0;
  }

  #place(at: number, member: string): number {
    const cut = member.indexOf(".");
    const btf = machineBtf(this.#release);
    const id = btf.byName(member.slice(0, cut), "struct")!.id;
    return at + pathOf(btf, id, member.slice(cut + 1))!.bitOffset / 8;
  }

  pointer(at: number, ...members: readonly string[]): number {
    return members.reduce((from, member) => this.#pointer(this.#place(from, member)), at);
  }

  int(at: number, member: string): number {
    const place = this.#place(at, member);
    this.#linux.objects.refresh(place, 4);
    return this.#linux.memory.view.getUint32(place, true);
  }

  text(at: number): string {
    const { u8 } = this.#linux.memory;
    return new TextDecoder().decode(u8.slice(at, u8.indexOf(0, at)));
  }

  array(at: number, member: string): string {
    const place = this.#place(at, member);
    this.#linux.objects.refresh(place, 16);
    return this.text(place);
  }
}

describe.each(["6.1", "6.12", "6.18"] as const)("files as structs of Linux %s", (release) => {
  it("lead from an open file to its name, its directory, its inode and its disk", () => {
    const linux = new Linux({ release });
    const inode = linux.files.create("/etc/ssl/certs/ca.pem", "certificate\n", { uid: 7, mode: 0o640 });
    const w = new Walker(linux, release);
    const seen: unknown[] = [];
    linux.hooks.attach("kprobe:vfs_read", {
      run(context) {
        const file = w.register(context, "di");
        const dentry = w.pointer(file, "file.f_path.dentry");
        const found = w.pointer(file, "file.f_inode");
        seen.push(w.text(w.pointer(dentry, "dentry.d_name.name")));
        seen.push(w.text(w.pointer(dentry, "dentry.d_parent", "dentry.d_parent", "dentry.d_name.name")));
        seen.push(
          w.pointer(dentry, "dentry.d_inode") === found,
          w.int(found, "inode.i_ino"),
          w.int(found, "inode.i_uid.val"),
        );
        seen.push(w.array(w.pointer(found, "inode.i_sb"), "super_block.s_id"), w.int(found, "inode.i_size"));
        seen.push(
          w.array(w.pointer(found, "inode.i_sb", "super_block.s_bdev", "block_device.bd_disk"), "gendisk.disk_name"),
        );
      },
    });
    linux.process({
      comm: "cat",
      *program(sys) {
        yield sys.read(yield sys.openat("/etc/ssl/certs/ca.pem", 0), 100);
      },
    });
    linux.runUntil(1e9);
    expect(seen).toEqual(["ca.pem", "ssl", true, inode.ino, 7, "vda1", 12, "vda"]);
  });

  it("lead from a request to its disk, and from a walk to the name that it looks for", () => {
    const linux = new Linux({ release });
    linux.files.create("/srv/film", 1_000_000);
    const w = new Walker(linux, release);
    const requests: unknown[] = [];
    const looked: string[] = [];
    linux.hooks.attach("kprobe:blk_mq_start_request", {
      run(context) {
        const request = w.register(context, "di");
        requests.push(w.array(w.pointer(request, "request.q", "request_queue.disk"), "gendisk.disk_name"));
        requests.push(w.int(request, "request.__data_len"), w.int(request, "request.__sector") > 2048);
      },
    });
    linux.hooks.attach("kprobe:lookup_fast", {
      run: (context) => void looked.push(w.text(w.pointer(w.register(context, "di"), "nameidata.last.name"))),
    });
    linux.process({
      comm: "cat",
      *program(sys) {
        yield sys.read(yield sys.openat("/srv/film", 0), 100);
      },
    });
    linux.runUntil(1e9);
    expect(requests).toEqual(["vdb", 131_072, true]);
    expect(looked).toEqual(["srv", "film"]);
  });
});

describe("a program's buffer", () => {
  it("holds what was read and what is written, for who looks", () => {
    const linux = new Linux();
    linux.files.create("/etc/motd", "Welcome to the machine\n");
    const look = (count: number) => {
      const at = linux.userOffset((USER_HEAP % 2 ** 32) | 0, Math.floor(USER_HEAP / 2 ** 32), count);
      return at < 0 ? at : new TextDecoder().decode(linux.memory.u8.slice(at, at + count));
    };
    const seen: unknown[] = [];
    const attach = (name: string, run: () => void) => linux.hooks.attach(`tracepoint:syscalls:${name}`, { run });
    attach("sys_exit_read", () => void seen.push(look(7)));
    attach("sys_exit_pread64", () => void seen.push(look(12), look(1_000_000)));
    linux.hooks.attach("kprobe:vfs_write", { run: () => void seen.push(look(5)) });
    linux.process({
      comm: "test",
      *program(sys) {
        const fd = yield sys.openat("/etc/motd", O_RDWR | O_CREAT);
        yield sys.read(fd, 100);
        yield sys.pread(fd, 9, 11);
        yield sys.print(fd, "bye!\n");
      },
    });
    linux.runUntil(1e9);
    expect(seen).toEqual(["Welcome", "the machi\0\0\0", -14, "bye!\n"]);
    expect(look(4)).toBe(-14);
  });
});
