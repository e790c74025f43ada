import type { Exploration } from "./exploration.ts";
import type { MessageName, MessageValue } from "./messages.ts";
import type { PathStep } from "./record.ts";
import type { Resource } from "./resources.ts";

/** What the verifier proved about one slot, for the rewriter and the JIT. */
export interface InstructionFacts {
  /** Some path reaches the instruction. */
  readonly seen: boolean;
  /** For loads and stores: what the base register points to on every path; `mem` where paths differ. */
  readonly pointer?: "ctx" | "stack" | "packet" | "map_value" | "mem" | "arena";
  /** For 64-bit arithmetic on an address of an arena, which is 32 bits wide: so is the arithmetic. */
  readonly narrow?: true;
  /** For calls of kernel functions and constants that are their addresses: Linux's name. */
  readonly symbol?: string;
  /** For helper calls with a map argument and for map `ld_imm64`: the map's index in the spec, where it is the same on every path. */
  readonly map?: number;
  /** For helper calls on an array with a key known to be constant and in range: that key. */
  readonly constantKey?: number;
}

export type VerifierErrno =
  | "EACCES"
  | "EINVAL"
  | "E2BIG"
  | "EFAULT"
  | "ENOMEM"
  | "EPERM"
  | "EOPNOTSUPP"
  | "EBADF"
  | "EBUSY"
  | "ENOTSUPP"
  | "EPROTO"
  | "ENOENT"
  | "EEXIST"
  | "ERANGE";

/** The verifier's answer: plain data. */
export interface Verdict {
  readonly ok: boolean;
  /** Set when not `ok`. */
  readonly errno?: VerifierErrno;
  /** The last message of the log, in Linux's words. */
  readonly error?: string;
  /** Which row of the message catalogue `error` was made from, and with which values. */
  readonly message?: MessageName;
  readonly values?: readonly MessageValue[];
  /** The instruction that the message is about. */
  readonly at?: number;
  /** The log as Linux prints it at the level that was asked for. */
  readonly log: string;
  /** Instructions processed, as in "processed N insns". */
  readonly processed: number;
  /** Bytes of stack per subprogram. */
  readonly stackDepth: readonly number[];
  /** Of an extension: the first instruction of the function that it replaces. */
  readonly replaces?: number;
  /** One entry a slot; complete only when `ok`. */
  readonly facts: readonly InstructionFacts[];
  /** The path that ended in the refusal, where recording was asked for. */
  readonly path?: readonly PathStep[];
  /** What was held at the refusal, where recording was asked for: oldest first. */
  readonly held?: readonly Resource[];
  /** The path went on after the last step of `path`: it was too long to be recorded whole. */
  readonly pathCut?: boolean;
  /** All that was followed, where recording was asked for. */
  readonly exploration?: Exploration;
}
