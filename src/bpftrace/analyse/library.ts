import type { Macro } from "../ast/program.ts";
import { parse } from "../syntax/parse-program.ts";

/** Functions that are written in the language itself. */
const LIBRARY = `
macro ppid() { curtask.real_parent.tgid }
macro ppid(task) { ((struct task_struct *)task).real_parent.tgid }
macro pcomm() { curtask.real_parent.comm }
macro pcomm(task) { ((struct task_struct *)task).real_parent.comm }
macro leader_tid() { curtask.group_leader.pid }
macro leader_comm() { curtask.group_leader.comm }
macro is_err(value) { (uint64)value >= 0xfffffffffffff001 }
macro assert(condition, message) { if (condition) { } else { errorf("%s", message); exit(1); } }
macro assert_str(left, right) { if (left == right) { } else { errorf("'%s' is not '%s'", left, right); exit(1); } }
macro usermode() { (uint8)((reg("cs") & 3) == 3) }
macro find(@map, key, $value) { let $found = has_key(@map, key); if ($found) { $value = @map[key]; } $found }
`;

const NO_DWARF = "programs of the machine have no debugging information";

/** Functions of bpftrace that the machine gives no meaning, and why. */
export const REFUSED: Readonly<Record<string, string>> = {
  dw_ustack: NO_DWARF,
  uaddr: NO_DWARF,
  percpu_kaddr: "the machine's Linux keeps nothing for each CPU in memory",
  skboutput: "the machine writes no packets into perf events; m.net captures them (pcap)",
  write_user: "processes of the machine keep no data in memory that a program could change",
};

let macros: readonly Macro[] | undefined;

const library = (): readonly Macro[] =>
  (macros ??= parse({ name: "library", text: LIBRARY }).items.filter((item) => item.kind === "macro"));

/** Names of the library's functions. */
export const libraryNames = (): readonly string[] => [...new Set(library().map(({ name }) => name))];

/** A function of the library, by its name: that of so many arguments, or any. It is read when a program first asks. */
export function libraryMacro(name: string, args: number): Macro | undefined {
  const found = library().filter((macro) => macro.name === name);
  return found.find(({ parameters }) => parameters.length === args) ?? found[0];
}

/** Why a function of bpftrace cannot be called here; undefined for one that can, or that there is not. */
export function refusal(name: string): string | undefined {
  return Object.hasOwn(REFUSED, name) ? `${name}() cannot be called: ${REFUSED[name]}` : undefined;
}
