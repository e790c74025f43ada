/** Every form of section names that libbpf knows: type, attach type, sleepable, and what attaches by itself. */
import koffi from "koffi";
import { describe, expect, it } from "vitest";
import { hookOfDevice, hookOfSection, sectionMeaning, targetOfSection } from "../../../src/loader/object/sections.ts";
import { ATTACH_TYPES } from "../../../src/programs/attach-types.ts";
import { SECTIONS, sectionForm } from "../../../src/programs/sections.ts";
import { PROGRAM_TYPES } from "../../../src/programs/types.ts";

/** What follows the slash, and the hook that it becomes; forms that are not here do not attach by themselves. */
const ATTACHES: Readonly<Record<string, readonly [rest: string, hook: string]>> = {
  kprobe: ["vfs_read", "kprobe:vfs_read"],
  kretprobe: ["vfs_read", "kretprobe:vfs_read"],
  "kprobe.multi": ["vfs_*", "kprobe:vfs_*"],
  "kretprobe.multi": ["vfs_*", "kretprobe:vfs_*"],
  ksyscall: ["openat", "kprobe:__x64_sys_openat"],
  kretsyscall: ["openat", "kretprobe:__x64_sys_openat"],
  uprobe: ["/usr/bin/bash:readline", "uprobe:/usr/bin/bash:readline"],
  "uprobe.s": ["/usr/bin/bash:readline", "uprobe:/usr/bin/bash:readline"],
  uretprobe: ["libc:malloc", "uretprobe:libc:malloc"],
  "uretprobe.s": ["libc:malloc", "uretprobe:libc:malloc"],
  "uprobe.multi": ["libc:mal*", "uprobe:libc:mal*"],
  "uretprobe.multi": ["libc:mal*", "uretprobe:libc:mal*"],
  "uprobe.multi.s": ["libc:mal*", "uprobe:libc:mal*"],
  "uretprobe.multi.s": ["libc:mal*", "uretprobe:libc:mal*"],
  usdt: ["/usr/sbin/postgres:postgresql:query__start", "usdt:/usr/sbin/postgres:postgresql:query__start"],
  "usdt.s": ["/usr/sbin/postgres:postgresql:query__start", "usdt:/usr/sbin/postgres:postgresql:query__start"],
  tracepoint: ["syscalls/sys_enter_read", "tracepoint:syscalls:sys_enter_read"],
  tp: ["sched/sched_switch", "tracepoint:sched:sched_switch"],
  raw_tracepoint: ["sched_switch", "rawtracepoint:sched_switch"],
  raw_tp: ["sched_switch", "rawtracepoint:sched_switch"],
  "raw_tracepoint.w": ["sched_switch", "rawtracepoint:sched_switch"],
  "raw_tp.w": ["sched_switch", "rawtracepoint:sched_switch"],
  "kprobe.session": ["vfs_*", "kprobe:vfs_*"],
  "uprobe.session": ["libc:mal*", "uprobe:libc:mal*"],
  "uprobe.session.s": ["libc:mal*", "uprobe:libc:mal*"],
  iter: ["task", "iter:task"],
  freplace: ["classify", "freplace:classify"],
  "iter.s": ["task_file", "iter:task_file"],
  lsm: ["file_open", "lsm:file_open"],
  "lsm.s": ["file_open", "lsm:file_open"],
  tp_btf: ["sched_switch", "tp_btf:sched_switch"],
  fentry: ["vfs_read", "fentry:vfs_read"],
  fexit: ["vfs_read", "fexit:vfs_read"],
  fmod_ret: ["vfs_read", "fmod_ret:vfs_read"],
  "fentry.s": ["vfs_read", "fentry:vfs_read"],
  "fexit.s": ["vfs_read", "fexit:vfs_read"],
  "fmod_ret.s": ["vfs_read", "fmod_ret:vfs_read"],
};

/** Forms that libbpf 1.1, the oldest in use, does not know; by 1.5 it knows all. */
const NEWER = new Set(
  `kprobe.session uprobe.multi uretprobe.multi uprobe.session uprobe.multi.s uretprobe.multi.s uprobe.session.s usdt.s
  tc/ingress tc/egress tcx/ingress tcx/egress netkit/primary netkit/peer sk_skb/verdict cgroup/connect_unix
  cgroup/sendmsg_unix cgroup/recvmsg_unix cgroup/getpeername_unix cgroup/getsockname_unix struct_ops.s
  netfilter`.split(/\s+/),
);

const ROWS = SECTIONS.map((row) => ({ ...row, form: row.pattern.replace(/\+$/, "") }));
const hookOf = (section: string) => hookOfSection("object", "prog", section, sectionForm(section)!.type);

describe("forms of section names", () => {
  it("are in a table of 103, each once", () => {
    expect([ROWS.length, new Set(ROWS.map(({ form }) => form)).size]).toEqual([103, 103]);
    for (const name of [...Object.keys(ATTACHES), ...NEWER]) expect(ROWS.map(({ form }) => form)).toContain(name);
  });

  it.each(ROWS)("$form: its row is found; what may follow it; optional with a ? before it", (row) => {
    const { form, pattern, type, attach, sleepable = false } = row;
    const section = pattern.endsWith("+") ? `${form}/anything` : form;
    const meaning = { type, attachType: attach, sleepable };
    expect(sectionMeaning(section)).toEqual({ ...meaning, autoload: true });
    expect(sectionMeaning(`?${section}`)).toEqual({ ...meaning, autoload: false });
    expect(sectionMeaning(form)).toMatchObject(meaning);
    expect(sleepable).toBe(/\.s$/.test(form) || form === "syscall");
    // Nothing may follow directly; an exact form has no rest, unless a shorter form takes it.
    expect(sectionForm(`${form}x`)).toBeUndefined();
    if (!pattern.endsWith("+")) expect(sectionForm(`${form}/x/y`)).toBeUndefined();
  });

  it.each(ROWS)("$form: attaches by itself where libbpf does so", ({ form, pattern, type }) => {
    expect(hookOf(form)).toBeUndefined();
    const [rest, hook] = ATTACHES[form] ?? ["", undefined];
    if (pattern.endsWith("+")) expect(hookOf(`${form}/${rest || "x"}`)).toBe(hook);
    const typed = type === "tracing" || type === "lsm" || type === "ext";
    expect(targetOfSection(`${form}/vfs_read`, type)).toBe(typed ? "vfs_read" : undefined);
  });

  it("say in libbpf's words what they lack", () => {
    expect(() => hookOf("uprobe/readline")).toThrow(
      "prog 'prog': section 'uprobe/readline' missing ':function[+offset]' specification",
    );
    expect(() => hookOf("tp/sys_enter_read")).toThrow(/names no tracepoint/);
  });

  it("of programs on packets say the side of the device that they are attached to", () => {
    expect(hookOfDevice("xdp", "xdp", "eth0")).toBe("xdp:eth0");
    expect(hookOfDevice("xdp.frags", "xdp", "eth0")).toBe("xdp:eth0");
    expect(hookOfDevice("tcx/egress", "sched_cls", "eth0")).toBe("tcx:eth0:egress");
    expect(hookOfDevice("?tc/ingress", "sched_cls", "eth0")).toBe("tcx:eth0:ingress");
    expect(hookOfDevice("tc", "sched_cls", "eth0")).toBeUndefined();
  });
});

const byName = (() => {
  try {
    return koffi.load("libbpf.so.1").func("int libbpf_prog_type_by_name(const char *, _Out_ int *, _Out_ int *)");
  } catch {
    return undefined;
  }
})();

describe.skipIf(byName === undefined)(
  `before libbpf itself${byName ? "" : " (skipped: libbpf.so.1 is missing)"}`,
  () => {
    it.each(ROWS)("$form", ({ form, pattern, type, attach }) => {
      for (const section of pattern.endsWith("+") ? [form, `${form}/x`] : [form]) {
        const [theirType, theirAttach] = [[0], [0]];
        const found = byName!(section, theirType, theirAttach) === 0;
        if (!found && NEWER.has(form)) continue;
        expect([section, found, theirType[0], theirAttach[0]]).toEqual([
          ...[section, true, PROGRAM_TYPES[type], attach ? ATTACH_TYPES[attach] : 0],
        ]);
      }
      expect(byName!(`${form}x`, [0], [0])).toBeLessThan(0);
    });
  },
);
