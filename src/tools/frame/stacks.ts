import { format } from "./format.ts";
import type { Stack } from "./look.ts";
import type { ToolOptions } from "./options.ts";
import type { Report } from "./tool.ts";

/** What was counted or added up for one pair of stacks. */
export interface StackRow {
  readonly pid: number;
  readonly comm: string;
  /** Functions, innermost first. */
  readonly kernel: readonly string[];
  readonly user: readonly string[];
  readonly value: number;
}

/** Options of tools that print stacks. */
export const STACK_OPTIONS = {
  user: {
    flags: ["-U", "--user-stacks-only"],
    kind: "flag",
    help: "show stacks from user space only (no kernel space stacks)",
  },
  kernel: {
    flags: ["-K", "--kernel-stacks-only"],
    kind: "flag",
    help: "show stacks from kernel space only (no user space stacks)",
  },
  delimited: { flags: ["-d", "--delimited"], kind: "flag", help: "insert delimiter between kernel/user stacks" },
  folded: { flags: ["-f", "--folded"], kind: "flag", help: "output folded format" },
} as const satisfies ToolOptions;

interface Given {
  readonly user: boolean;
  readonly kernel: boolean;
  readonly delimited: boolean;
  readonly folded: boolean;
}

/** Which stacks are shown, in the header's words. */
export const stacksWord = ({ user, kernel }: Given): string => (user ? "user" : kernel ? "kernel" : "user + kernel");

/** Whose, in the header's words. */
export const threadsWord = ({
  pid,
  tid,
}: {
  readonly pid?: number | undefined;
  readonly tid?: number | undefined;
}): string => (pid !== undefined ? `PID ${pid}` : tid !== undefined ? `TID ${tid}` : "all threads");

/** Stacks with their numbers, the smallest first: each frame on a line, or folded as flame graphs take them. */
export function stackReport(
  entries: readonly {
    readonly pid: number;
    readonly comm: string;
    readonly kernel: Stack;
    readonly user: Stack;
    readonly value: number;
  }[],
  o: Given,
): Report<StackRow> {
  const rows = [...entries]
    .sort((a, b) => a.value - b.value)
    .map(
      ({ pid, comm, kernel, user, value }): StackRow => ({
        ...{ pid, comm, kernel: kernel.functions, user: user.functions, value },
      }),
    );
  const folded = ({ comm, kernel, user, value }: StackRow): string => {
    const between = o.delimited && kernel.length > 0 && user.length > 0 ? ["-"] : [];
    return `${[comm, ...[...user].reverse(), ...between, ...[...kernel].reverse()].join(";")} ${value}\n`;
  };
  const long = ({ pid, comm, kernel, user, value }: StackRow): string => {
    const between = o.delimited && kernel.length > 0 && user.length > 0 ? ["--"] : [];
    const frames = [...kernel, ...between, ...user].map((name) => `    ${name}\n`);
    return `${frames.join("")}${format("    %-16s %s (%d)\n        %d\n\n", ["-", comm, pid, value])}`;
  };
  return { text: (o.folded ? "" : "\n") + rows.map(o.folded ? folded : long).join(""), rows };
}
