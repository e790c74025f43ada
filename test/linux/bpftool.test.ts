import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bpftoolInTime } from "../../src/bpftool/bpftool.ts";
import { c, Machine } from "../../src/index.ts";
import { compile } from "../../src/loader/clang/compile.ts";
import { available, suiteName } from "./bpf.ts";

/** Maps of the kinds whose dumps differ, typed values of all kinds that bpftool prints, two programs and a function. */
const SOURCE = c`
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct stat { __u64 packets; __u64 bytes; };
enum color { RED, GREEN = 5 };
struct mixed {
  char name[8]; __u8 raw[4]; int neg; enum color color; struct { __u16 a : 3; __u16 b : 13; };
  union { __u32 u; char c[4]; }; _Bool ok; __s8 s8; __u64 arr[2]; struct stat inner;
};
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __type(key, __u32); __type(value, struct stat); } stats SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 2); __type(key, __u32); __type(value, __u64); } drops SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, __u32); __type(value, struct mixed); } mix SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 8); __type(key, __u32); __type(value, __u32); } recent SEC(".maps");
__u64 seen;
int counter = 7;
static __attribute__((noinline)) int twice(int x) { return x * 2; }
SEC("socket") int count(struct __sk_buff *skb)
{
  __u32 key = 1;
  struct stat *s, init = { 1, 0 };
  __sync_fetch_and_add(&seen, 1);
  s = bpf_map_lookup_elem(&stats, &key);
  if (s) s->packets += twice(s->bytes);
  else bpf_map_update_elem(&stats, &key, &init, BPF_ANY);
  __u64 *d = bpf_map_lookup_elem(&drops, &key);
  if (d) *d += 1;
  struct mixed *m = bpf_map_lookup_elem(&mix, &key);
  if (m) m->neg -= 3;
  bpf_map_delete_elem(&recent, &key);
  __u32 *r = bpf_map_lookup_elem(&recent, &key);
  if (r) bpf_ktime_get_ns();
  counter++;
  return 0;
}
SEC("xdp") int pass(struct xdp_md *ctx)
{
  void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
  if (data + 14 > end) return XDP_DROP;
  return XDP_PASS;
}
char LICENSE[] SEC("license") = "GPL";
`;

const hasBpftool = spawnSync("bpftool", ["version"]).status === 0;
const hasClang = spawnSync("clang", ["--version"]).status === 0;
const DIR = `/sys/fs/bpf/bpfbook-side-${process.pid}`;

/** Bytes of "name", raw 1 2 3 4, neg -2, GREEN, a 5 and b 9, u, ok, s8 -1, arr, inner. */
const MIXED =
  "61 62 00 00 00 00 00 00 01 02 03 04 fe ff ff ff 05 00 00 00 4d 00 00 00 07 00 00 00 01 ff 00 00 " +
  "01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 03 00 00 00 00 00 00 00 04 00 00 00 00 00 00 00";

/** Commands that both run, in order, on the same objects: `D` is the folder of pins. */
const COMMANDS = [
  ...["prog show pinned D/p/count", "-jp prog show pinned D/p/count", "-j prog show pinned D/p/pass"],
  ...[
    "prog dump xlated pinned D/p/count",
    "prog dump xlated pinned D/p/count linum",
    "-jp prog dump xlated pinned D/p/count",
  ],
  ...[
    "prog dump xlated pinned D/p/pass opcodes",
    "-jp prog dump xlated pinned D/p/pass opcodes",
    "prog dump xlated pinned D/p/pass visual",
  ],
  "-j prog dump xlated pinned D/p/pass linum",
  ...["stats", "drops", "mix", "recent", "side_bss", "side_data"].flatMap((map) => [
    ...[`map show pinned D/m/${map}`, `-jp map show pinned D/m/${map}`, `map dump pinned D/m/${map}`],
    `-j map dump pinned D/m/${map}`,
  ]),
  `map update pinned D/m/mix key 0 0 0 0 value hex ${MIXED}`,
  ...["map lookup pinned D/m/mix key 0 0 0 0", "-jp map lookup pinned D/m/mix key 0 0 0 0", "map dump pinned D/m/mix"],
  "map update pinned D/m/stats key 6 0 0 0 value 1 0 0 0 0 0 0 0 60 0 0 0 0 0 0 0",
  ...["map dump pinned D/m/stats", "-jp map dump pinned D/m/stats", "map lookup pinned D/m/stats key hex 06 00 00 00"],
  ...["map lookup pinned D/m/stats key 7 0 0 0", "-j map lookup pinned D/m/stats key 7 0 0 0"],
  ...["map getnext pinned D/m/stats", "-j map getnext pinned D/m/stats", "map getnext pinned D/m/stats key 6 0 0 0"],
  "map update pinned D/m/drops key 1 0 0 0 value 9 0 0 0 0 0 0 0",
  ...["map lookup pinned D/m/drops key 1 0 0 0", "-jp map dump pinned D/m/drops"],
  "map update pinned D/m/stats key 6 0 0 0 value 1 0 0 0 0 0 0 0 60 0 0 0 0 0 0 0 noexist",
  "map update pinned D/m/stats key 8 0 0 0 value 1 0 0 0 0 0 0 0 60 0 0 0 0 0 0 0 exist",
  ...[
    "map delete pinned D/m/stats key 6 0 0 0",
    "map delete pinned D/m/stats key 6 0 0 0",
    "map delete pinned D/m/mix key 0 0 0 0",
  ],
  ...[
    "map freeze pinned D/m/recent",
    "map freeze pinned D/m/recent",
    "map update pinned D/m/recent key 0 0 0 0 value 0 0 0 0",
  ],
  // Maps of other types, made here.
  "map create D/q type queue key 0 value 4 entries 4 name myqueue",
  "map create D/s type stack key 0 value 4 entries 4 name mystack",
  "map create D/h type hash key 4 value 1 entries 16 name myhash",
  "map create D/t type lpm_trie key 8 value 4 entries 16 name mytrie flags 1",
  "map create D/ph type percpu_hash key 4 value 4 entries 16 name myph",
  "map create D/plru type lru_percpu_hash key 4 value 4 entries 16 name myplru",
  "map create D/ring type ringbuf key 0 value 0 entries 4096 name myring",
  "map create D/pa type prog_array key 4 value 4 entries 4 name mypa",
  "map create D/aom type array_of_maps key 4 value 4 entries 4 name myaom inner_map pinned D/h",
  "map create D/hom type hash_of_maps key 4 value 4 entries 4 name myhom inner_map pinned D/h",
  "map create D/bl type bloom_filter key 0 value 4 entries 16 name mybloom",
  "map create D/stk type stack_trace key 4 value 80 entries 10 name mystk",
  "map create D/dm type devmap key 4 value 4 entries 4 name mydm",
  "map create D/cm type cpumap key 4 value 4 entries 2 name mycm",
  "map create D/wide type hash key 20 value 40 entries 2 name wide flags 1",
  ...["q", "s", "h", "t", "ph", "plru", "ring", "pa", "aom", "hom", "bl", "stk", "dm", "cm", "wide"].flatMap((map) => [
    ...[`map show pinned D/${map}`, `-j map show pinned D/${map}`],
  ]),
  ...["h", "t", "ph", "pa", "aom", "hom", "dm"].map((map) => `map dump pinned D/${map}`),
  ...[
    "map push pinned D/s value 1 0 0 0",
    "map push pinned D/s value 2 0 0 0",
    "map peek pinned D/s",
    "-j map peek pinned D/s",
  ],
  ...[
    "map pop pinned D/s",
    "-jp map pop pinned D/s",
    "map pop pinned D/s",
    "-j map pop pinned D/s",
    "map peek pinned D/s",
  ],
  ...[
    "map enqueue pinned D/q value hex 0a 0b 0c 0d",
    "map dequeue pinned D/q",
    "map getnext pinned D/q",
    "map dump pinned D/q",
  ],
  ...[
    "map update pinned D/h key 1 0 0 0 value 0x42",
    "map dump pinned D/h",
    "-jp map dump pinned D/h",
    "map lookup pinned D/h key 1 0 0 0",
    "map lookup pinned D/h key 1234 0 0 0",
  ],
  ...["map update pinned D/ph key 1 0 0 0 value 7 0 0 0", "map dump pinned D/ph", "-jp map dump pinned D/ph"],
  "map update pinned D/wide key 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 value 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40",
  ...["map dump pinned D/wide", "-j map dump pinned D/wide"],
  ...[
    "map update pinned D/pa key 9 0 0 0 value pinned D/p/pass",
    "map update pinned D/pa key 1 0 0 0 value pinned D/p/pass",
  ],
  "map show pinned D/pa",
  // Wrong words and what is not there.
  ...[
    "prog show id 99999999",
    "-j prog show id 99999999",
    "map show id 99999999",
    "map dump id 99999999",
    "prog show id x",
  ],
  ...[
    "prog show foo 1",
    "prog show id",
    "prog show id 1 2",
    "prog show name nope-nope",
    "map show name nope-nope",
    "map show pinned /nope",
  ],
  ...[
    "map lookup pinned D/m/stats key 6 0 0",
    "map lookup pinned D/m/stats key 6 0 0 0 0",
    "map lookup pinned D/m/stats key hex 06 00 zz 00",
  ],
  ...[
    "map update pinned D/m/stats key hex 06 00 00 00 value 1",
    "map update pinned D/m/stats key hex 06 00 00 00",
    "map update pinned D/m/stats",
  ],
  ...[
    "map create D/bad type nope key 4 value 4 entries 2 name x",
    "map create D/bad type hash key 0 value 4 entries 2 name x",
    "map create",
  ],
  ...[
    "map create D/bad type hash key 4 value 4 name x",
    "map event_pipe pinned D/q",
    "map foo",
    "map update",
    "map dump",
    "map lookup",
  ],
  ...[
    "prog foo",
    "prog help",
    "foo bar",
    "help",
    "map help",
    "btf help",
    "link help",
    "net help",
    "cgroup help",
    "feature help",
    "gen help",
  ],
  ...[
    "-x",
    "version",
    "-V",
    "-jp version",
    "prog dump",
    "prog dump xlated",
    "prog dump xlated pinned D/p/pass foo",
    "prog load",
  ],
  ...[
    "prog attach",
    "prog attach pinned D/p/pass foo",
    "prog pin",
    "prog pin pinned D/p/pass D/p/pass",
    "map pin pinned D/q D/q",
    "map pin id",
  ],
  ...[
    "prog run",
    "prog run pinned D/p/pass",
    "prog run pinned D/p/pass data_in /nope",
    "link show id 9999999",
    "link pin",
    "link detach id 999999",
  ],
  ...[
    "cgroup show",
    "cgroup attach",
    "cgroup detach",
    "net attach",
    "net attach foo",
    "btf dump",
    "btf dump id 99999999",
    "btf show id 99999999",
  ],
  ...[
    "btf dump file /nope",
    "batch",
    "batch file /nope",
    "gen skeleton",
    "gen skeleton /nope",
    "feature list_builtins foo",
    "struct_ops register",
  ],
  ...[
    "iter pin",
    "perf foo",
    "net show dev lo",
    "-f prog show pinned D/p/pass",
    "prog show pinned D/m/stats",
    "map show pinned D/p/pass",
  ],
];

/** What differs between any two machines: ids, addresses, times, the size of jited code; contexts lie in the machine's own structures. */
const plain = (text: string): string =>
  text
    .replace(/^\d+(?=: \w)/gm, "ID")
    .replace(/"(id|btf_id|loaded_at|bytes_jited)": ?\d+/g, '"$1":N')
    .replace(/ jited \d+B/g, " jited NB")
    .replace(/loaded_at \S+/g, "loaded_at T")
    // libbpf 1.1 also binds maps of constants that a program does not name.
    .replace(/ {2}map_ids [\d,]+/g, "")
    .replace(/"map_ids": ?\[[\d,]+\s*\],\s*/g, "")
    .replace(/btf_id \d+/g, "btf_id N")
    .replace(/map\[id:\d+\]/g, "map[id:N]");

describe.skipIf(!available || !hasBpftool || !hasClang)(
  suiteName("bpftool beside the system's own, on the same objects"),
  () => {
    const folder = mkdtempSync(join(tmpdir(), "bpfbook-bpftool-"));
    const file = join(folder, "side.o");
    const machine = new Machine({ cpus: available ? Number(execFileSync("nproc", { encoding: "utf8" })) : 2 });

    beforeAll(async () => {
      const { bytes } = await compile(SOURCE, "6.18", { name: "side" });
      writeFileSync(file, bytes);
      machine.linux.files.create(file, bytes);
      mkdirSync(DIR);
      const load = ["prog", "loadall", file, `${DIR}/p`, "pinmaps", `${DIR}/m`];
      const theirs = spawnSync("bpftool", load, { encoding: "utf8" });
      expect(theirs.status, theirs.stderr).toBe(0);
      const mine = machine.bpftool(load);
      expect(mine.exitCode, mine.errors).toBe(0);
    });
    afterAll(() => {
      rmSync(DIR, { recursive: true, force: true });
      rmSync(folder, { recursive: true });
    });

    test.each(COMMANDS)("%s", async (line) => {
      const words = line.split(" ").map((word) => word.replace(/^D(?=\/)/, DIR));
      const { stdout, stderr, status } = spawnSync("bpftool", words, { encoding: "utf8" });
      const mine = await bpftoolInTime(machine, words);
      expect({ text: plain(mine.text), errors: mine.errors, code: mine.exitCode }).toEqual({
        ...{ text: plain(stdout), errors: stderr, code: status },
      });
    });

    test("gen skeleton writes the same C, gen object and btf dump of a file say the same", () => {
      const both = (...words: string[]) => {
        const theirs = spawnSync("bpftool", words, { encoding: "utf8", maxBuffer: 64 << 20 });
        const mine = machine.bpftool(words);
        return { mine: mine.text, theirs: theirs.stdout, errors: mine.errors };
      };
      for (const words of [
        ["gen", "skeleton", file],
        ["btf", "dump", "file", file],
        ["-j", "btf", "dump", "file", file],
        ["btf", "dump", "prog", "pinned", `${DIR}/p/count`],
      ]) {
        const { mine, theirs, errors } = both(...words);
        expect(errors).toBe("");
        expect(mine).toBe(theirs);
      }
    });
  },
);
