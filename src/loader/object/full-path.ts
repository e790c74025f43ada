/** Where the program or library of a section's name lies, for `uprobe`, `uretprobe` and `usdt`. */
import type { SymbolTable } from "../../linux/symbols.ts";

/** Folders that libbpf searches on x86-64, for libraries and for programs. */
const LIBRARIES = ["/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib"];
const PROGRAMS = ["/usr/bin", "/usr/sbin"];

/**
 * The hook with the whole path of its file: a name without a folder is searched for, as libbpf does. `undefined` where nothing of
 * the kind is found; other hooks stay as they are.
 *
 * @example withFullPath("uprobe:libc.so.6:malloc", linux.symbols) // "uprobe:/usr/lib/x86_64-linux-gnu/libc.so.6:malloc"
 */
export function withFullPath(hook: string, symbols: SymbolTable): string | undefined {
  const [, kind, file, rest] = /^(uprobe|uretprobe|usdt):([^:/]+):(.*)$/.exec(hook) ?? [];
  if (kind === undefined) return hook;
  const folders = /\.so(\.|$)/.test(file!) ? LIBRARIES : PROGRAMS;
  const folder = folders.find((each) => symbols.hasModule(`${each}/${file}`));
  return folder && `${kind}:${folder}/${file}:${rest}`;
}
