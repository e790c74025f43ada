/** The same change in C, where the program's lines tell enough: names of variables, and how a program of its type leaves. */
import type { ProgramSpec } from "../programs/spec.ts";
import type { FixSubject } from "./fix-candidates.ts";
import { leavingResult } from "./fix-instructions.ts";
import type { HistoryStep } from "./trace.ts";

/** A call whose result is kept: `value = bpf_map_lookup_elem(...)`. */
const RESULT = /(\w+)\s*=\s*(?:\([^)]*\)\s*)?bpf_\w+\s*\(/;
/** `name[index]`. */
const INDEX = /\w\[\s*([A-Za-z_]\w*)\s*(?:&[^\]]*)?\]/;
/** `*name` or `name->` at the beginning of what a line does with a pointer. */
const POINTER = /(?:\*\s*(\w+)|\b(\w+)->)/g;
/** `data = (void *)(long)ctx->data`. */
const DATA = /(\w+)\s*=[^=].*?\b(\w+)->data\b/;
const DATA_END = /(\w+)\s*=[^=].*?\b(\w+)->data_end\b/;

/** Lines of C as a diff, in front of the line that is refused; undefined where no line says what things are called. */
export function diffInC(
  program: ProgramSpec,
  at: number,
  subject: FixSubject | undefined,
  history: readonly HistoryStep[],
): string | undefined {
  const line = program.lines?.[at]?.text.trim();
  if (line === undefined || line === "" || subject === undefined) return undefined;
  const leave = `return ${leavingResult(program, at).name};`;
  const leaveIf = (condition: string): string => `+ if (${condition})\n+     ${leave}\n  ${line}`;
  switch (subject.kind) {
    case "null": {
      const name = pointerName(line, history);
      return name === undefined ? undefined : leaveIf(`!${name}`);
    }
    case "only-if": {
      const name = pointerName(line, history);
      // Only a statement of its own can be put behind a condition.
      const isStatement =
        /^[*\w(][^{}]*;$/.test(line) && !/^(return|if|for|while|do|switch)\b|^\w+\s+\**\w+\s*=/.test(line);
      return name === undefined || !isStatement ? undefined : `- ${line}\n+ if (${name})\n+     ${line}`;
    }
    case "bound": {
      const name = INDEX.exec(line)?.[1];
      return name === undefined ? undefined : leaveIf(`${subject.unsigned ? "(__u64)" : ""}${name} > ${subject.last}`);
    }
    case "size": {
      const size = argumentsOf(line)?.[subject.register - 1];
      if (size === undefined || /[()]/.test(size) || /^\d+$/.test(size)) return undefined;
      // A variable with a sign would pass a comparison from above with a negative number.
      const cast = subject.test.startsWith(">") ? "(__u64)" : "";
      if (/^\w+$/.test(size)) return leaveIf(`${cast}${size} ${subject.test}`);
      if (subject.test === "< 0") return undefined;
      const hoisted = line.replace(size, "size");
      return `+ __u64 size = ${size};\n+ if (size ${subject.test})\n+     ${leave}\n- ${line}\n+ ${hoisted}`;
    }
    case "packet":
      return packetInC(program, line, subject, leave);
    case "return":
      return line.startsWith("return") ? `- ${line}\n+ return ${subject.value};` : undefined;
  }
}

/** What C calls the pointer: the variable that keeps a call's result, or the one that the refused line goes through. */
function pointerName(line: string, history: readonly HistoryStep[]): string | undefined {
  const kept = history.map((step) => RESULT.exec(step.line?.text ?? "")?.[1]).findLast((found) => found);
  if (kept !== undefined && new RegExp(`\\b${kept}\\b`).test(line)) return kept;
  // The result of a call in the middle of a line has no name.
  if (/\bbpf_\w+\s*\(/.test(line)) return undefined;
  const names = new Set([...line.matchAll(POINTER)].map((found) => found[1] ?? found[2]));
  return names.size === 1 ? [...names][0] : undefined;
}

/** Arguments of the first call of a line, as they are written. */
function argumentsOf(line: string): string[] | undefined {
  const begin = /\bbpf_\w+\s*\(/.exec(line);
  if (begin === null) return undefined;
  const found: string[] = [];
  let depth = 0;
  let text = "";
  for (const sign of line.slice(begin.index + begin[0].length)) {
    if (sign === ")" && depth === 0) return [...found, text.trim()];
    if (sign === "," && depth === 0) {
      found.push(text.trim());
      text = "";
      continue;
    }
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    text += sign;
  }
  return undefined;
}

function packetInC(
  { lines = [] }: ProgramSpec,
  line: string,
  { needed, again }: Extract<FixSubject, { kind: "packet" }>,
  leave: string,
): string | undefined {
  const find = (pattern: RegExp) => lines.map((each) => pattern.exec(each?.text ?? "")).find((found) => found !== null);
  const data = find(DATA);
  const end = find(DATA_END);
  if (!data) return undefined;
  const [, name, context] = data;
  const last = end?.[1] ?? "data_end";
  const check = [`+ if ((void *)${name} + ${needed} > (void *)${last})`, `+     ${leave}`, `  ${line}`];
  const declared = end ? [] : [`+ void *${last} = (void *)(long)${context}->data_end;`];
  if (!again) return [...declared, ...check].join("\n");
  const taken = [`+ ${name} = (void *)(long)${context}->data;`, `+ ${last} = (void *)(long)${context}->data_end;`];
  return [...(end ? taken : [taken[0], ...declared]), ...check].join("\n");
}
