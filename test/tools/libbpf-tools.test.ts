/** The objects within Debian's libbpf-tools: loaded as their tools set them, attached, and seen to report what a busy machine does. */
import { describe, expect, it } from "vitest";
import { Machine, workloads } from "../../src/index.ts";
import type { BpfObject } from "../../src/loader/object/bpf-object.ts";
import { ObjectError } from "../../src/loader/object/error.ts";
import { VerifierError } from "../../src/verifier/verification.ts";
import { TOOLS } from "../fixtures/tools.ts";

const LIBC = "/usr/lib/x86_64-linux-gnu/libc.so.6";

/** What a tool attaches itself, because a section cannot say it. */
const ATTACHED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  bashreadline: { printret: "uretprobe:/usr/bin/bash:readline" },
  funclatency: { dummy_kprobe: "kprobe:vfs_read", dummy_kretprobe: "kretprobe:vfs_read" },
  gethostlatency: { handle_entry: `uprobe:${LIBC}:getaddrinfo`, handle_return: `uretprobe:${LIBC}:getaddrinfo` },
  llcstat: { on_cache_miss: "hardware:cache-misses:1000", on_cache_ref: "hardware:cache-references:1000" },
  cpufreq: { do_sample: "software:cpu-clock:10000000" },
  slabratetop: { kmem_cache_alloc: "kprobe:kmem_cache_alloc_noprof" },
};

const stacks = ({ maps }: BpfObject): void => {
  maps.stackmap!.maxEntries = 1024;
  maps.stackmap!.valueSize = 127 * 8;
};

const ext4 = ({ programList }: BpfObject): void => {
  for (const program of programList) {
    const [, what = ""] = /file_(\w+)_f/.exec(program.name) ?? [];
    if (program.type === "kprobe") program.autoload = false;
    else if (program.attachTarget!.endsWith("getattr")) program.attachTarget = "vfs_getattr";
    else
      program.attachTarget =
        { read: "ext4_file_read_iter", write: "ext4_file_write_iter", sync: "ext4_sync_file" }[what] ??
        `ext4_file_${what}`;
  }
};

const SETTINGS: Readonly<Record<string, (object: BpfObject) => void>> = {
  ...{ capable: stacks, offcputime: stacks, wakeuptime: stacks, fsdist: ext4, fsslower: ext4 },
  cpudist: ({ maps }) => {
    maps.start!.maxEntries = 32_768;
    maps.hists!.maxEntries = 32_768;
  },
  cachestat: ({ progs }) => {
    progs.account_page_dirtied!.autoload = false;
  },
};

type Outcome = "reports" | "silent" | "refused";

/** What becomes of them on this machine of 6.18, where they do not report. */
const OTHERS: Readonly<Record<string, Outcome>> = {
  ...{ bindsnoop: "refused", mdflush: "refused", numamove: "refused", readahead: "refused", runqlen: "refused" },
  // No Java, no function named in its variables.
  ...{ javagc: "silent", ksnoop: "silent" },
  ...{ klockstat: "silent", cpufreq: "silent" },
};

const text = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? Number(each) : each)) ?? "";

/** Whether programs have written something. */
function reports({ mapList, bss }: BpfObject): boolean {
  if (/[1-9]/.test(text(Object.values(bss)))) return true;
  return mapList.some((map) => {
    if (map.name.endsWith("rodata")) return false;
    if (map.type === "ringbuf" || map.type === "perf_event_array") return map.read().length > 0;
    if (map.type === "array" || map.type === "percpu_array")
      return [...map.values()].some((value) => /[1-9]/.test(text(value)));
    return map.size > 0;
  });
}

async function outcome(name: string, bytes: Uint8Array): Promise<Outcome> {
  const short = name === "oomkill" || name === "drsnoop";
  const machine = new Machine({ seed: 3, cpus: 2, ...(short && { ram: 96 * 2 ** 20 }) });
  try {
    const object = machine.open(bytes, { name });
    SETTINGS[name]?.(object);
    object.load();
    for (const program of Object.values(object.progs)) {
      if (!program.isLoaded) continue;
      try {
        const hook = ATTACHED[name]?.[program.name] ?? program.hook;
        if (hook !== undefined) program.attach(hook);
      } catch {
        // A function that this Linux does not have: tools try several.
      }
    }
    machine.spawn(short ? workloads.memoryHog({ rate: 2000, step: 1 }) : workloads.mixed());
    await machine.run(short ? "1s" : "300ms");
    return reports(object) ? "reports" : "silent";
  } catch (error) {
    if (error instanceof ObjectError || error instanceof VerifierError) return "refused";
    throw error;
  }
}

const NIGHT = process.env["BPFBOOK_NIGHT"] !== undefined;
const BY_DAY = ["execsnoop", "biosnoop", "gethostlatency", "capable", "bashreadline", "mdflush"];
const tools = TOOLS.filter(({ name }) => NIGHT || BY_DAY.includes(name)).map(
  ({ name, object }) => [name, object] as const,
);

describe.skipIf(TOOLS.length === 0)("objects of libbpf-tools report (by night all of them)", () => {
  it.each(tools)("%s", async (name, bytes) => {
    expect(await outcome(name, bytes)).toBe(OTHERS[name] ?? "reports");
  });
});
