import { callArguments, replaceCode } from "./scan.ts";

/** A map that a bcc program declares. */
export interface Table {
  readonly name: string;
  readonly macro: string;
  readonly key: string;
  readonly value: string;
}

/** bcc's macros that declare maps: the map's type, and what its key, value and size are where nothing is said. */
const MACROS: Readonly<
  Record<string, { readonly type: string; readonly key: string; readonly value: string; readonly size: string }>
> = {
  BPF_HASH: { type: "HASH", key: "u64", value: "u64", size: "10240" },
  BPF_LRU_HASH: { type: "LRU_HASH", key: "u64", value: "u64", size: "10240" },
  BPF_PERCPU_HASH: { type: "PERCPU_HASH", key: "u64", value: "u64", size: "10240" },
  BPF_ARRAY: { type: "ARRAY", key: "u32", value: "u64", size: "10240" },
  BPF_PERCPU_ARRAY: { type: "PERCPU_ARRAY", key: "u32", value: "u64", size: "10240" },
  BPF_HISTOGRAM: { type: "ARRAY", key: "u32", value: "u64", size: "64" },
  BPF_PERF_OUTPUT: { type: "PERF_EVENT_ARRAY", key: "u32", value: "u32", size: "0" },
  BPF_RINGBUF_OUTPUT: { type: "RINGBUF", key: "", value: "", size: "8" },
  BPF_STACK_TRACE: { type: "STACK_TRACE", key: "u32", value: "", size: "1024" },
};

const PAGE = 4096;

/** One declaration as libbpf reads it. */
function declaration(macro: string, words: readonly string[]): { readonly text: string; readonly table: Table } {
  const row = MACROS[macro]!;
  const [name = "", first, second, third] = words;
  const indexed = macro === "BPF_ARRAY" || macro === "BPF_PERCPU_ARRAY";
  const key = indexed
    ? row.key
    : macro === "BPF_HISTOGRAM"
      ? (first ?? row.key)
      : macro.endsWith("HASH")
        ? (first ?? row.key)
        : row.key;
  const value = indexed ? (first ?? row.value) : macro.endsWith("HASH") ? (second ?? row.value) : row.value;
  const given = indexed || macro === "BPF_HISTOGRAM" ? second : macro.endsWith("HASH") ? third : first;
  const size = given ?? row.size;
  // A histogram of something else than numbers is a hash.
  const scalar = /^(?:unsigned |signed )?(?:int|long|u32|u64|s32|s64|__u32|__u64)$/.test(key);
  const type = macro === "BPF_HISTOGRAM" && !scalar ? "HASH" : row.type;
  const wide = type === "ARRAY" || type === "PERCPU_ARRAY" ? "u32" : key;
  const table: Table = { name, macro, key: wide, value };
  const parts = [
    `__uint(type, BPF_MAP_TYPE_${type})`,
    ...(type === "RINGBUF"
      ? [`__uint(max_entries, (${size}) * ${PAGE})`]
      : size === "0"
        ? []
        : [
            `__uint(max_entries, ${type === "HASH" && macro === "BPF_HISTOGRAM" && given === undefined ? 10_240 : size})`,
          ]),
    ...(type === "STACK_TRACE"
      ? ["__uint(key_size, 4)", "__uint(value_size, 127 * 8)"]
      : type === "PERF_EVENT_ARRAY"
        ? ["__uint(key_size, 4)", "__uint(value_size, 4)"]
        : []),
    ...(["RINGBUF", "STACK_TRACE", "PERF_EVENT_ARRAY"].includes(type)
      ? []
      : [`__type(key, ${wide})`, `__type(value, ${value})`]),
  ];
  return { table, text: `struct { ${parts.join("; ")}; } ${name} SEC(".maps")` };
}

/** Declarations in bcc's macros become libbpf's. */
export function rewriteTables(text: string): { readonly text: string; readonly tables: readonly Table[] } {
  const tables: Table[] = [];
  const made = replaceCode(text, /\b(BPF_[A-Z_]+)\s*\(/, (found) => {
    const macro = found[1]!;
    if (!Object.hasOwn(MACROS, macro)) return undefined;
    const { words, end } = callArguments(text, found.index + found[0].length - 1);
    const { table, text: written } = declaration(macro, words);
    tables.push(table);
    return { text: written, end };
  });
  return { text: made, tables };
}

/** A method of a map as a call of a helper. `x` are the arguments. */
const METHODS: Readonly<Record<string, (table: Table, x: readonly string[]) => string>> = {
  lookup: ({ name, value }, [key]) => `((${value} *)bpf_map_lookup_elem(&${name}, ${key}))`,
  update: ({ name }, [key, value]) => `bpf_map_update_elem(&${name}, ${key}, ${value}, BPF_ANY)`,
  insert: ({ name }, [key, value]) => `bpf_map_update_elem(&${name}, ${key}, ${value}, BPF_NOEXIST)`,
  delete: ({ name }, [key]) => `bpf_map_delete_elem(&${name}, ${key})`,
  lookup_or_try_init: ({ name, value }, [key, zero]) => `((${value} *)bcc_lookup_or_init(&${name}, ${key}, ${zero}))`,
  lookup_or_init: ({ name, value }, [key, zero]) => `((${value} *)bcc_lookup_or_init(&${name}, ${key}, ${zero}))`,
  increment: ({ name, key, value }, [which, by = "1"]) =>
    `({ ${key} bcc_key = ${which}; ${value} bcc_zero = 0; ${value} *bcc_at = bcc_lookup_or_init(&${name}, &bcc_key, &bcc_zero); if (bcc_at) __sync_fetch_and_add(bcc_at, ${by}); })`,
  perf_submit: ({ name }, [context, data, size]) =>
    `bpf_perf_event_output(${context}, &${name}, BPF_F_CURRENT_CPU, ${data}, ${size})`,
  ringbuf_output: ({ name }, [data, size, flags]) => `bpf_ringbuf_output(&${name}, ${data}, ${size}, ${flags})`,
  ringbuf_reserve: ({ name }, [size]) => `bpf_ringbuf_reserve(&${name}, ${size}, 0)`,
  ringbuf_submit: (_, [data, flags]) => `bpf_ringbuf_submit(${data}, ${flags})`,
  get_stackid: ({ name }, [context, flags]) => `bpf_get_stackid(${context}, &${name}, ${flags})`,
};

/** Calls of maps' methods become calls of helpers; arguments may hold such calls themselves. */
export function rewriteMethods(text: string, tables: readonly Table[]): string {
  if (tables.length === 0) return text;
  const names = tables.map(({ name }) => name).join("|");
  const aliases: Readonly<Record<string, string>> = { atomic_increment: "increment" };
  return replaceCode(text, new RegExp(`\\b(${names})\\s*\\.\\s*(\\w+)\\s*\\(`), (found) => {
    const table = tables.find(({ name }) => name === found[1])!;
    const method = METHODS[aliases[found[2]!] ?? found[2]!];
    if (method === undefined) return undefined;
    const { words, end } = callArguments(text, found.index + found[0].length - 1);
    return {
      text: method(
        table,
        words.map((word) => rewriteMethods(word, tables)),
      ),
      end,
    };
  });
}
