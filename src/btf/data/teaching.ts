import { type Btf, parseBtf } from "../btf.ts";
import { buildBtf } from "../build.ts";
import { renumbered } from "../reduce.ts";
import type { BtfTypeSpec, Member, StructType } from "../type.ts";

/** What `teaching-1` has otherwise than the Linux that it is made from, each for one lesson of CO-RE. */
export const TEACHING_1 = {
  /** As Linux had it before 5.14: one `volatile long state` in the place of two members. */
  renamed: { struct: "task_struct", from: ["__state", "saved_state"], to: "state" },
  /** Each is where the other one was: who reads without CO-RE reads the wrong one. */
  moved: { struct: "task_struct", members: ["pid", "tgid"] },
  /** A program has to ask whether it is there. */
  vanished: { struct: "task_struct", member: "nivcsw" },
} as const;

/** The types of the made-up release: all others are those of `linux`. */
export function teachingBtf(linux: Btf): Btf {
  const types = [...linux.types()];
  const long = types.find(({ kind, name }) => kind === "int" && name === "long int")!.id;
  // Behind all others, so that no id changes.
  const state = linux.count;
  const specs = types.map((type) => {
    const own = renumbered(type, (id) => id);
    return own.kind === "struct" && own.name === "task_struct" ? changed(own, state) : own;
  });
  return parseBtf(buildBtf([...specs, { kind: "volatile", name: "", type: long }]));
}

function changed(task: Omit<StructType, "id">, state: number): BtfTypeSpec {
  const { renamed, moved, vanished } = TEACHING_1;
  const [first, second] = moved.members.map((name) => memberOf(task, name).bitOffset);
  const members = task.members.flatMap((member): Member[] => {
    switch (member.name) {
      case renamed.from[0]:
        return [{ ...member, name: renamed.to, type: state }];
      case renamed.from[1]:
      case vanished.member:
        return [];
      case moved.members[0]:
        return [{ ...member, bitOffset: second! }];
      case moved.members[1]:
        return [{ ...member, bitOffset: first! }];
      default:
        return [member];
    }
  });
  // The types of C have their members in the order of their places.
  return { ...task, members: members.sort((a, b) => a.bitOffset - b.bitOffset) };
}

const memberOf = ({ members }: Pick<StructType, "members">, name: string): Member =>
  members.find((member) => member.name === name)!;
