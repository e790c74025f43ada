import { type Entry, rewriteProbes } from "./probes.ts";
import { rewriteReads } from "./reads.ts";
import { rewriteMethods, rewriteTables, type Table } from "./tables.ts";

/** A bcc program as C that libbpf's headers understand. */
export interface Rewritten {
  readonly text: string;
  readonly tables: readonly Table[];
  readonly entries: readonly Entry[];
}

/** What bcc's programs find without including it. */
const PRELUDE = [
  '#include "vmlinux.h"',
  "#include <bpf/bpf_helpers.h>",
  "#include <bpf/bpf_tracing.h>",
  "#include <bpf/bpf_core_read.h>",
  "#include <bpf/bpf_endian.h>",
  "#define TASK_COMM_LEN 16",
  "#define ntohs bpf_ntohs",
  "#define ntohl bpf_ntohl",
  "#define htons bpf_htons",
  "#define AF_INET 2",
  "#define AF_INET6 10",
  "#define lock_xadd(at, by) __sync_fetch_and_add(at, by)",
  "#define bpf_trace_printk(format, ...) bpf_printk(format, ##__VA_ARGS__)",
  "static __always_inline unsigned int bpf_log2(unsigned int v) { unsigned int r, s; r = (v > 0xffff) << 4; v >>= r; s = (v > 0xff) << 3; v >>= s; r |= s; s = (v > 0xf) << 2; v >>= s; r |= s; s = (v > 3) << 1; v >>= s; r |= s; return r | (v >> 1); }",
  "static __always_inline unsigned int bpf_log2l(unsigned long v) { unsigned int hi = v >> 32; return hi ? bpf_log2(hi) + 33 : bpf_log2(v) + 1; }",
  "static __always_inline void *bcc_lookup_or_init(void *map, const void *key, const void *zero) { void *at = bpf_map_lookup_elem(map, key); if (at) return at; bpf_map_update_elem(map, key, zero, BPF_NOEXIST); return bpf_map_lookup_elem(map, key); }",
].join("\n");

/**
 * Makes C for libbpf's headers of C for bcc: maps, their methods, functions that Linux runs, and reads through Linux's pointers. Every
 * line stays where it is, so that clang's messages name lines of the text. Throws `BccError`.
 *
 * @example rewriteBcc("BPF_HASH(start, u32);").text // ... struct { ... } start SEC(".maps");
 */
export function rewriteBcc(source: string, name = "program"): Rewritten {
  // Linux's headers: all types are known already.
  const plain = source.replaceAll(/^[ \t]*#[ \t]*include\b.*$/gm, "");
  const declared = rewriteTables(plain);
  const probed = rewriteProbes(declared.text);
  const text = rewriteMethods(rewriteReads(probed.text), declared.tables);
  return {
    text: `${PRELUDE}\n${probed.types}\n#line 1 "${name}.bpf.c"\n${text}\nchar LICENSE[] SEC("license") = "GPL";\n`,
    tables: declared.tables,
    entries: probed.entries,
  };
}
