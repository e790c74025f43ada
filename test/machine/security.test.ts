/** Programs at hooks of security modules: who asks, what they are told, and what the caller of the system call sees. */
import { describe, expect, it, test } from "vitest";
import { machineBtf } from "../../src/btf/data/machine.ts";
import { pathOf } from "../../src/btf/member-path.ts";
import { type AsmOptions, AttachError, asm, HookError, Machine, map, u64 } from "../../src/index.ts";
import { SECURITY_HOOKS } from "../../src/linux/security/security.ts";
import type { Program } from "../../src/linux/sys.ts";

const offset = (struct: string, member: string): number => {
  const btf = machineBtf("6.18");
  return pathOf(btf, btf.byName(struct, "struct")!.id, member)!.bitOffset / 8;
};

/** A program at a hook, which answers what its text leaves in r0. */
const at = (hook: string, text: string, options: Partial<AsmOptions> = {}) =>
  asm({ ...options, type: "lsm", name: "guard", attach: `lsm:${hook}` })(text);

/** Runs a process's calls on a machine with a program attached; what they returned. */
async function calls(m: Machine, program: (out: number[]) => Program): Promise<number[]> {
  const out: number[] = [];
  m.linux.process({ program: program(out), comm: "test" });
  await m.run("10ms");
  return out;
}

/** One call of each kind that a hook guards. */
const GUARDED: Readonly<Record<string, (out: number[]) => Program>> = {
  file_open: (out) =>
    function* (sys) {
      out.push(yield sys.openat("/tmp/one", 0o101));
    },
  inode_create: (out) =>
    function* (sys) {
      out.push(yield sys.openat("/tmp/new", 0o101));
    },
  inode_mkdir: (out) =>
    function* (sys) {
      out.push(yield sys.mkdir("/tmp/dir"));
    },
  inode_unlink: (out) =>
    function* (sys) {
      yield sys.close(yield sys.openat("/tmp/old", 0o101));
      out.push(yield sys.unlink("/tmp/old"));
    },
  path_unlink: (out) =>
    function* (sys) {
      yield sys.close(yield sys.openat("/tmp/old", 0o101));
      out.push(yield sys.unlink("/tmp/old"));
    },
  bprm_check_security: (out) =>
    function* (sys) {
      out.push(yield sys.execve("/usr/bin/true", function* () {}));
    },
  socket_create: (out) =>
    function* (sys) {
      out.push(yield sys.socket());
    },
  socket_bind: (out) =>
    function* (sys) {
      out.push(yield sys.bind(yield sys.socket(), 8080));
    },
  socket_listen: (out) =>
    function* (sys) {
      const fd = yield sys.socket();
      yield sys.bind(fd, 8080);
      out.push(yield sys.listen(fd, 8));
    },
  socket_connect: (out) =>
    function* (sys) {
      out.push(yield sys.connect(yield sys.socket(), "1.1.1.1", 80));
    },
  task_kill: (out) =>
    function* (sys) {
      out.push(yield sys.kill(sys.task.pid, 10));
    },
};

describe("a hook that says no", () => {
  test.each(Object.entries(GUARDED))("%s: the caller sees the errno", async (hook, program) => {
    const m = new Machine({ seed: 3 });
    const link = m.attach(m.load(at(hook, "r0 = -13\nexit")), `lsm:${hook}`);
    expect(await calls(m, program)).toEqual([-13]);
    link.detach();
    const [after] = await calls(m, program);
    if (hook !== "bprm_check_security") expect(after).not.toBe(-13);
    expect(m.linux.hooks.counts()[`lsm:${hook}`]).toBe(1);
  });

  test("every hook is listed, and there are no others", () => {
    const listed = new Machine().linux.hooks.list().filter((name) => name.startsWith("lsm:"));
    expect(listed).toEqual(SECURITY_HOOKS.map((name) => `lsm:${name}`));
    const m = new Machine();
    const guard = m.load(at("file_permission", "r0 = 0\nexit"));
    expect(() => m.attach(guard, "lsm:file_permission")).toThrow(HookError);
    expect(() => m.attach(guard, "lsm:file_open")).toThrow(AttachError);
  });

  it("sees the arguments: only connections to 1.1.1.1 are refused", async () => {
    const m = new Machine({ seed: 3 });
    const guard = at(
      "socket_connect",
      `r2 = *(u64 *)(r1 + 8)
       r6 = r2
       r1 = r10
       r1 += -8
       r2 = 4
       r3 = r6
       r3 += 4
       call bpf_probe_read_kernel
       r1 = *(u32 *)(r10 - 8)
       r0 = 0
       if r1 != 0x01010101 goto +1
       r0 = -1
       exit`,
    );
    m.attach(m.load(guard), "lsm:socket_connect");
    const results = await calls(
      m,
      (out) =>
        function* (sys) {
          out.push(yield sys.connect(yield sys.socket(), "1.1.1.1", 80));
          out.push(yield sys.connect(yield sys.socket(), "127.0.0.1", 9));
        },
    );
    expect(results).toEqual([-1, -111]);
  });

  it("the first that says no decides, and later ones are not asked", async () => {
    const m = new Machine({ seed: 3 });
    for (const errno of [0, -2, -3]) m.attach(m.load(at("file_open", `r0 = ${errno}\nexit`)), "lsm:file_open");
    expect(await calls(m, GUARDED.file_open!)).toEqual([-2]);
  });

  it("an inode's storage counts how often it was opened", async () => {
    const m = new Machine({ seed: 3 });
    const opens = map.inodeStorage({ name: "opens", value: u64 });
    const program = at(
      "file_open",
      `r2 = *(u64 *)(r1 + 0)
       r2 = *(u64 *)(r2 + ${offset("file", "f_inode")})
       r1 = map[opens]
       r3 = 0
       r4 = 1
       call bpf_inode_storage_get
       if r0 == 0 goto out
       r1 = 1
       lock *(u64 *)(r0 + 0) += r1
   out:
       r0 = 0
       exit`,
      { maps: [opens] },
    );
    m.attach(m.load(program), "lsm:file_open");
    await calls(
      m,
      () =>
        function* (sys) {
          for (let i = 0; i < 3; i++) yield sys.close(yield sys.openat("/tmp/one", 0o101));
          yield sys.close(yield sys.openat("/tmp/two", 0o101));
        },
    );
    expect([...opens.values()].sort()).toEqual([1n, 3n]);
  });
});
