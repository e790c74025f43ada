import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { TOOL_HOOKS } from "./tool-hooks.ts";

/** Hooks that the machine does not have: why. */
const ABSENT: Readonly<Record<string, string>> = {
  "kprobe:md_flush_request": "there is no RAID",
  "kprobe:vfs_fsync": "Linux 6.18 inlines it into do_fsync; vfs_fsync_range is probed",
  "kprobe:vfs_create": "open(O_CREAT) calls the file system itself; only mknod would call it",
  "kprobe:account_page_dirtied": "Linux 6.18 has folio_account_dirtied instead, inlined",
  "kprobe:finish_task_switch": "its name is finish_task_switch.isra.0",
  "kprobe:__netif_receive_skb_core": "its name is __netif_receive_skb_core.constprop.0",
};

/** Hooks at which nothing happens: why. */
const SILENT: Readonly<Record<string, string>> = {
  "tracepoint:timer:tick_stop":
    "no CPU of this machine is idle at a tick; a less busy one stops its ticks (test/machine/slab.test.ts)",
  "uprobe:/usr/lib/x86_64-linux-gnu/libcrypto.so.3:rsa_ossl_private_decrypt":
    "only a server that is sent RSA secrets decrypts",
  "tracepoint:syscalls:sys_enter_msync": "files are not mapped into memory",
  "kprobe:unix_stream_read_actor": "no program here uses sockets of the family AF_UNIX",
};

const MIB = 2 ** 20;

describe("mixed", () => {
  it("makes something happen at every hook that the tools of bpftrace and bcc look at, but for named ones", () => {
    const linux = new Linux({ seed: 7, ram: 192 * MIB, fileSystems: { "/var/lib/postgresql": "xfs" } });
    linux.spawn(workloads.mixed({ rate: 60 }));
    const counts: Record<string, number> = {};
    const absent: string[] = [];
    for (const hook of TOOL_HOOKS) {
      try {
        // What happened once is not looked at any more.
        const stop = linux.hooks.attach(hook, {
          run() {
            counts[hook] = 1;
            stop();
          },
        });
        counts[hook] = 0;
      } catch {
        absent.push(hook);
      }
    }
    expect(TOOL_HOOKS.length).toBeGreaterThan(190);
    expect(absent.sort()).toEqual(Object.keys(ABSENT).sort());
    for (let end = 1e9; end <= 12e9 && Object.values(counts).includes(0); end += 1e9) {
      linux.runUntil(end);
      const silent = Object.keys(counts).filter((hook) => counts[hook] === 0);
      if (silent.every((hook) => hook in SILENT)) break;
    }
    expect(
      Object.keys(counts)
        .filter((hook) => counts[hook] === 0)
        .sort(),
    ).toEqual(Object.keys(SILENT).sort());
  });
});
