import { ToolError } from "../frame/tool.ts";
import type { Places } from "./probe-pattern.ts";

/** Names that stand for something in the expressions of trace and argdist. */
const BUILTINS: Readonly<Record<string, string>> = {
  ...{
    $uid: "uid",
    $gid: "gid",
    $pid: "tid",
    $tgid: "pid",
    $cpu: "cpu",
    $ts: "nsecs",
    $comm: "comm",
    $task: "curtask",
  },
  $kstack: "kstack",
};

/**
 * An expression of trace or argdist as bpftrace writes it: `arg1` is the first argument, `args->x` a field, `STRCMP("a", x)` compares
 * texts, `$pid` is the thread. Parameters of a signature are names of arguments.
 *
 * @example translate("arg2 > 4096", "kernel", []) // "arg1 > 4096"
 */
export function translate(text: string, kind: Places["kind"], parameters: readonly string[]): string {
  let expression = text.trim();
  for (const [name, word] of Object.entries(BUILTINS)) expression = expression.replaceAll(name, word);
  expression = expression.replace(
    /STRCMP\(\s*("(?:[^"\\]|\\.)*")\s*,\s*([^()]+)\)/g,
    (_, literal: string, value: string) => `(str(${value.trim()}) == ${literal})`,
  );
  if (kind !== "tracepoint") {
    expression = expression.replace(/\barg([1-6])\b/g, (_, number: string) => `arg${Number(number) - 1}`);
    parameters.forEach((name, index) => {
      expression = expression.replace(new RegExp(`(?<![\\w.>$])${name}\\b(?!\\s*\\()`, "g"), `arg${index}`);
    });
  }
  if (/[{};]/.test(expression)) throw new ToolError(`invalid expression '${text}'`);
  return expression;
}

/** Names of the parameters of `(int fd, const void *buf, size_t count)`. */
export function parameterNames(signature: string): readonly string[] {
  const inner = signature.trim();
  if (inner === "") return [];
  return inner.split(",").map((parameter) => {
    const name = /(\w+)\s*$/.exec(parameter.trim())?.[1];
    if (name === undefined) throw new ToolError(`can't parse the parameter '${parameter.trim()}'`);
    return name;
  });
}

/** Parts of a text between a separator, but for those in parentheses or quotes. */
export function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [""];
  let [depth, quoted] = [0, false];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === '"' && text[at - 1] !== "\\") quoted = !quoted;
    if (!quoted && letter === "(") depth++;
    if (!quoted && letter === ")") depth--;
    if (letter === separator && depth === 0 && !quoted) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts;
}
