/** What the catalogue shows where it has no program of its own: the shortest case, and programs in C, for each message. */
import { readFileSync } from "node:fs";
import { machineBtf } from "../../src/btf/data/machine.ts";
import type { CaseExample, ExamplesElsewhere } from "../../src/verifier/catalogue.ts";
import { EXAMPLES } from "../../src/verifier/catalogue.ts";
import type { MessageName } from "../../src/verifier/messages.ts";
import { MESSAGES } from "../../src/verifier/messages.ts";
import { verify } from "../../src/verifier/verify.ts";
import { C_PROGRAMS, SOURCES } from "./c/programs.ts";
import { KERNEL_CASES } from "./kernel-cases.ts";
import { TYPED_CASES } from "./typed-cases.ts";
import { typedProgram } from "./typed-programs.ts";

/** Messages in front of which the log has another, which says what is wrong: that is found in the log. */
const IN_THE_LOG = (Object.keys(MESSAGES) as MessageName[])
  .filter((name) => name.startsWith("global_"))
  .map((name) => [name, patternOf(MESSAGES[name].format)] as const);

function patternOf(format: string): RegExp {
  const words = format.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/%0?\d*[a-z]/g, ".*");
  return new RegExp(`^${words}$`, "m");
}

function fromCases(): Map<MessageName, CaseExample> {
  const kernel = machineBtf("6.18");
  const found = new Map<MessageName, CaseExample>();
  const offer = (name: MessageName | undefined, example: CaseExample): void => {
    if (name === undefined || EXAMPLES[name] !== undefined) return;
    const old = found.get(name);
    if (old === undefined || example.text.length < old.text.length) found.set(name, example);
  };
  for (const each of [...TYPED_CASES, ...KERNEL_CASES]) {
    if (each.error === undefined || each.error.startsWith("BPF program is too large")) continue;
    const { message, log } = verify(typedProgram(each, kernel), { kernel, logLevel: 1 });
    offer(message as MessageName | undefined, each);
    for (const [name, pattern] of IN_THE_LOG) if (name !== message && pattern.test(log)) offer(name, each);
  }
  return found;
}

/** Everything that the page takes from the tests. */
export const ELSEWHERE: ExamplesElsewhere = {
  cases: fromCases(),
  programs: new Map(
    C_PROGRAMS.flatMap(({ name, refused }) =>
      refused
        ? [[refused.message, { file: `${name}.bpf.c`, source: readFileSync(`${SOURCES}${name}.bpf.c`, "utf8") }]]
        : [],
    ),
  ),
};
