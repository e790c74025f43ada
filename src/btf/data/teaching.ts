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

/** What a made-up release has otherwise than the Linux that it is made from. */
interface Differences {
  /** `task_struct` has one `volatile long state`, as Linux had it before 5.14. */
  readonly renamed: boolean;
  /** `pid` and `tgid` have each other's place. */
  readonly swapped: boolean;
  /** A member of `task_struct` that there is not. */
  readonly vanished: string;
  /** Bytes before all members of `task_struct` but the first: whatever Linux's configuration might put there. */
  readonly before: number;
}

/** Members that made-up releases may lack. */
export const VANISHING = ["nivcsw", "nvcsw"] as const;

/** The differences of `teaching-N`. Those of 1 are all that lessons need; of a larger one, each follows from a part of the number. */
export function teachingDifferences(number: number): Differences {
  if (number === 1) return { renamed: true, swapped: true, vanished: TEACHING_1.vanished.member, before: 0 };
  return {
    swapped: number % 2 === 1,
    vanished: VANISHING[Math.floor(number / 2) % 2]!,
    renamed: Math.floor(number / 4) % 2 === 1,
    before: 8 * (1 + (Math.floor(number / 8) % 61)),
  };
}

/** The types of a made-up release: all others are those of `linux`. */
export function teachingBtf(linux: Btf, number = 1): Btf {
  const differences = teachingDifferences(number);
  const types = [...linux.types()];
  const long = types.find(({ kind, name }) => kind === "int" && name === "long int")!.id;
  // Behind all others, so that no id changes.
  const state = linux.count;
  const specs = types.map((type) => {
    const own = renumbered(type, (id) => id);
    return own.kind === "struct" && own.name === "task_struct" ? changed(own, state, differences) : own;
  });
  return parseBtf(buildBtf([...specs, { kind: "volatile", name: "", type: long }]));
}

function changed(task: Omit<StructType, "id">, state: number, differences: Differences): BtfTypeSpec {
  const { renamed, moved } = TEACHING_1;
  const [first, second] = moved.members.map((name) => memberOf(task, name).bitOffset);
  const members = task.members.flatMap((member): Member[] => {
    if (member.name === differences.vanished) return [];
    if (differences.renamed && member.name === renamed.from[0]) return [{ ...member, name: renamed.to, type: state }];
    if (differences.renamed && member.name === renamed.from[1]) return [];
    if (differences.swapped && member.name === moved.members[0]) return [{ ...member, bitOffset: second! }];
    if (differences.swapped && member.name === moved.members[1]) return [{ ...member, bitOffset: first! }];
    return [member];
  });
  const { before } = differences;
  const places = members.map((member) =>
    member.bitOffset === 0 ? member : { ...member, bitOffset: member.bitOffset + 8 * before },
  );
  // The types of C have their members in the order of their places.
  return { ...task, size: task.size + before, members: places.sort((a, b) => a.bitOffset - b.bitOffset) };
}

const memberOf = ({ members }: Pick<StructType, "members">, name: string): Member =>
  members.find((member) => member.name === name)!;
