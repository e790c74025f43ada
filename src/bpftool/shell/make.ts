import { failed, joined, linesOf, type Output, printed, textOf } from "./program.ts";

interface Rule {
  readonly needs: readonly string[];
  readonly lines: readonly string[];
}

/** Rules that are followed one from the other. */
const MOST_DEPTH = 32;

/** `make [TARGET]...`: rules with their variables (`$@`, `$<`, `$^`, `$(NAME)`), `%` patterns, and no dates: all is made anew. */
export async function makeTargets(
  words: readonly string[],
  read: (path: string) => Uint8Array,
  run: (line: string) => Promise<Output>,
): Promise<Output> {
  let text: string | undefined;
  for (const name of ["GNUmakefile", "makefile", "Makefile"])
    try {
      text ??= textOf(read(name));
    } catch {
      // The next name.
    }
  const dry = words.includes("-n");
  const wanted = words.filter((word) => !word.startsWith("-") && !word.includes("="));
  if (text === undefined)
    return failed(
      wanted.length === 0
        ? "make: *** No targets specified and no makefile found.  Stop.\n"
        : `make: *** No rule to make target '${wanted[0]}'.  Stop.\n`,
      2,
    );
  const variables = new Map<string, string>();
  const expand = (value: string, own: Readonly<Record<string, string>> = {}): string =>
    value.replaceAll(
      /\$(?:\((\w+)\)|\{(\w+)\}|([@<^*]))/g,
      (_, round: string, curly: string, one: string) => own[one] ?? variables.get(round ?? curly) ?? "",
    );
  const rules = new Map<string, Rule>();
  let targets: string[] = [];
  for (const line of linesOf(text.replaceAll("\\\n", " "))) {
    if (line.startsWith("\t")) {
      for (const target of targets)
        rules.set(target, { ...rules.get(target)!, lines: [...rules.get(target)!.lines, line.slice(1)] });
      continue;
    }
    const plain = line.replace(/#.*$/, "").trimEnd();
    const variable = /^(\w+)\s*[:?]?=\s*(.*)$/.exec(plain);
    const rule = /^([^:=]+):(?!=)\s*(.*)$/.exec(plain);
    if (variable !== null) variables.set(variable[1]!, expand(variable[2]!));
    else if (rule !== null) {
      targets = expand(rule[1]!).trim().split(/\s+/);
      for (const target of targets)
        rules.set(target, {
          needs: expand(rule[2]!)
            .split(/\s+/)
            .filter((each) => each !== ""),
          lines: [],
        });
    }
  }
  for (const word of words) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(word) ?? [];
    if (name !== undefined) variables.set(name, value!);
  }
  const done = new Set<string>();
  const lines: string[] = [];
  let errors = "";
  const build = async (target: string, depth: number): Promise<number> => {
    if (done.has(target) || depth > MOST_DEPTH) return 0;
    done.add(target);
    const stem = [...rules.keys()].find(
      (each) => each.includes("%") && target.startsWith(each.split("%")[0]!) && target.endsWith(each.split("%")[1]!),
    );
    const own = rules.get(target);
    const pattern = stem === undefined ? undefined : rules.get(stem);
    const filler =
      stem === undefined ? "" : target.slice(stem.split("%")[0]!.length, target.length - stem.split("%")[1]!.length);
    if (own === undefined && pattern === undefined) {
      try {
        read(target);
        return 0;
      } catch {
        errors += `make: *** No rule to make target '${target}'.  Stop.\n`;
        return 2;
      }
    }
    const rule = own ?? { needs: pattern!.needs.map((need) => need.replace("%", filler)), lines: pattern!.lines };
    for (const need of rule.needs) {
      const code = await build(need, depth + 1);
      if (code !== 0) return code;
    }
    for (const each of rule.lines) {
      const line = expand(each.replaceAll("$$", "$"), {
        "@": target,
        "<": rule.needs[0] ?? "",
        "^": rule.needs.join(" "),
        "*": filler,
      });
      const quiet = line.startsWith("@");
      if (!quiet || dry) lines.push(line);
      if (dry) continue;
      const output = await run(line.replace(/^[@-]+/, ""));
      lines.push(...linesOf(textOf(output.out)));
      errors += output.errors;
      if (output.code !== 0 && !line.startsWith("-")) {
        errors += `make: *** [Makefile: ${target}] Error ${output.code}\n`;
        return 2;
      }
    }
    return 0;
  };
  const first = [...rules.keys()].find((each) => !each.startsWith(".") && !each.includes("%"));
  for (const target of wanted.length > 0 ? wanted : first === undefined ? [] : [first]) {
    const code = await build(target, 0);
    if (code !== 0) return failed(errors, code, joined(lines));
  }
  return {
    ...printed(joined(lines.length > 0 ? lines : [`make: Nothing to be done for '${wanted[0] ?? first ?? "all"}'.`])),
    errors,
  };
}
