/**
 * Reads the formats of a running Linux's tracepoints and writes them as rows, one module of `src/linux/tracepoints/` for each
 * category (as root; the `syscalls` category is made from `src/linux/syscall-rows.ts`):
 *
 *     node scripts/tracepoints/extract.ts /sys/kernel/tracing/events
 *
 * Names, types, places and print formats are facts of Linux's user API; nothing else of the kernel is in there.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What the machine has of; left out: devices and file systems that it does not have. */
const CATEGORIES =
  "block bpf_trace capability cgroup compaction csd exceptions ext4 fib filelock filemap huge_memory icmp ipi irq irq_vectors jbd2 kmem lock migrate mmap mmap_lock napi neigh net nmi oom page_pool pagemap percpu power printk qdisc raw_syscalls rcu sched signal skb sock task tcp timer tlb udp vmalloc vmscan workqueue writeback xdp";

/** ext4 has more than a hundred; these are those of files, directories and their blocks. */
const EXT4 =
  /^ext4_(free_inode|request_inode|allocate_inode|evict_inode|drop_inode|mark_inode_dirty|begin_ordered_truncate|write_(begin|end)|da_write_(begin|end)|writepages|da_write_pages|writepages_result|read_folio|release_folio|invalidate_folio|discard_blocks|request_blocks|allocate_blocks|free_blocks|sync_file_enter|sync_file_exit|sync_fs|alloc_da_blocks|da_reserve_space|da_release_space|unlink_enter|unlink_exit|truncate_enter|truncate_exit|load_inode|journal_start_inode|ext_map_blocks_(enter|exit)|es_lookup_extent_(enter|exit)|fallocate_(enter|exit)|error|shutdown|lazy_itable_init)$/;

const FIELD = /^\tfield:(.*) ([^ ]+);\toffset:(\d+);\tsize:(\d+);\tsigned:(\d);$/gm;
const COMMON = 4;

const [events] = process.argv.slice(2);
if (events === undefined) {
  console.error("usage: node scripts/tracepoints/extract.ts /sys/kernel/tracing/events");
  process.exit(2);
}

const folder = new URL("../../src/linux/tracepoints/", import.meta.url).pathname;
const constant = (category: string) => `${category.toUpperCase()}_EVENTS`;
const words = CATEGORIES.split(" ");

for (const category of words) {
  const names = readdirSync(join(events, category)).filter((name) => name !== "enable" && name !== "filter");
  const rows = names
    .filter((name) => category !== "ext4" || EXT4.test(name))
    .map((name) => row(name, readFileSync(join(events, category, name, "format"), "utf8")))
    .sort((a, b) => a.id - b.id)
    .map(({ text }) => text);
  writeFileSync(
    join(folder, `${category.replaceAll("_", "-")}.ts`),
    `// Written by scripts/tracepoints/extract.ts.\nimport type { EventRows } from "./row.ts";\n\n` +
      `export const ${constant(category)} = {\n${rows.join("")}} as const satisfies EventRows;\n`,
  );
}
writeFileSync(
  join(folder, "rows.ts"),
  "// Written by scripts/tracepoints/extract.ts.\n" +
    words.map((each) => `import { ${constant(each)} } from "./${each.replaceAll("_", "-")}.ts";\n`).join("") +
    "\n/** Rows by category; those of system calls are made of another table. */\nexport const EVENT_ROWS = {\n" +
    words.map((each) => `  ${each}: ${constant(each)},\n`).join("") +
    "};\n",
);
execFileSync("node_modules/.bin/biome", ["check", "--write", folder], { stdio: "inherit" });

/** A row in the form that `row.ts` describes. */
function row(name: string, format: string): { id: number; text: string } {
  const id = Number(/^ID: (\d+)$/m.exec(format)![1]);
  const print = format.slice(format.indexOf("print fmt: ") + "print fmt: ".length).trimEnd();
  const fields = [...format.matchAll(FIELD)]
    .slice(COMMON)
    .map(([, type, field, offset, size, signed]) => `${type} ${field} ${offset} ${size}${signed === "1" ? "s" : ""}`);
  return { id, text: `  ${name}: [${id}, ${JSON.stringify(fields.join("; "))}, ${JSON.stringify(print)}],\n` };
}
