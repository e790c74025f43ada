import { codeMask } from "./scan.ts";

/** Structs that the program declares itself: pointers to them lead into its own maps and stack. */
const ownStructs = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/\bstruct\s+(\w+)\s*\{/g)].map(([, name]) => name!));

/** Variables that point to structs of Linux. */
function kernelPointers(text: string): ReadonlySet<string> {
  const own = ownStructs(text);
  const contexts = new Set(["pt_regs", "bpf_perf_event_data", "xdp_md", "__sk_buff", "bpf_raw_tracepoint_args"]);
  const names = [...text.matchAll(/\bstruct\s+(\w+)\s*\*\s*(?:const\s+)?(\w+)\s*(?=[=,;)])/g)];
  const found = new Set<string>();
  for (const [, struct, name] of names)
    if (!own.has(struct!) && !contexts.has(struct!) && !struct!.startsWith("tracepoint__")) found.add(name!);
  return found;
}

/**
 * Reads through pointers to Linux's structs become probe reads: `sk->__sk_common.skc_num` is `BPF_CORE_READ(sk, __sk_common.skc_num)`.
 * What is written to, and addresses that are only taken, stay as they are.
 */
export function rewriteReads(text: string): string {
  const mask = codeMask(text);
  const pointers = kernelPointers(text);
  let result = "";
  let from = 0;
  for (const found of text.matchAll(
    /(?<![\w.>])([A-Za-z_]\w*)((?:\s*->\s*[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*|\[\d+\])*)+)/g,
  )) {
    const [whole, base, chain] = found as unknown as [string, string, string];
    const { index } = found;
    if (mask[index] === 0 || !pointers.has(base)) continue;
    const after = text.slice(index + whole.length);
    if (/^\s*(?:=(?!=)|\+=|-=|\(|\[)/.test(after) || /&\s*$/.test(text.slice(0, index))) continue;
    const parts = chain
      .split("->")
      .map((part) => part.replaceAll(/\s+/g, ""))
      .filter((part) => part !== "");
    result += `${text.slice(from, index)}BPF_CORE_READ(${base}, ${parts.join(", ")})`;
    from = index + whole.length;
  }
  return result + text.slice(from);
}
