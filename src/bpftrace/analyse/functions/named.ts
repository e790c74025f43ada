import { type NameTable, type Type, UINT64 } from "../../types/type.ts";
import { integer } from "../expression.ts";
import { NOTHING } from "../scope.ts";
import type { Value } from "../typed.ts";
import type { Call, FunctionRow } from "./row.ts";

/** A number that the reader shows as a name. */
function named(table: NameTable) {
  return (call: Call): Value => {
    const operand = call.integer(0);
    if (operand === undefined) return NOTHING;
    const type: Type = { kind: "named", table };
    return { op: "convert", operand, type };
  };
}

/** Numbers that have names. */
export const NAMED_FUNCTIONS: readonly FunctionRow[] = [
  { name: "strerror", args: [1, 1], doc: "What an error's number means.", analyse: named("error") },
  { name: "signal_name", args: [1, 1], doc: "The name of a signal's number.", analyse: named("signal") },
  { name: "syscall_name", args: [1, 1], doc: "The name of a system call's number.", analyse: named("syscall") },
  {
    name: "cgroup_path",
    args: [1, 2],
    doc: "The path of a cgroup's id.",
    analyse: (call) => {
      // The second argument chooses among hierarchies: the machine has that of version 2 alone.
      if (call.count > 1 && call.literal(1) === undefined) return NOTHING;
      return named("cgroup")(call);
    },
  },
  {
    name: "cgroupid",
    args: [1, 1],
    doc: "The id of the cgroup of a directory; known when the program is compiled.",
    analyse: (call) => {
      const path = call.literal(0);
      if (path === undefined) return NOTHING;
      const id = call.scope.analysis.source.cgroup(path);
      return id === undefined
        ? call.fail(`Failed to get cgroup id of '${path}': No such file or directory`)
        : integer(BigInt(id), UINT64);
    },
  },
];
