import { A_NUMBER } from "./expression.ts";
import { FIRST_WORDS, type TextForm } from "./forms.ts";
import { adviceFor } from "./habits.ts";
import { registerOf } from "./operand-reader.ts";
import type { Reader } from "./reader.ts";
import type { Report } from "./report.ts";

/** What is meant as a comment, right behind the `;` of an instruction. */
const NO_COMMENT = "`;` right behind an instruction separates it from the next; a comment begins with `//` or `#`";

/** More than this are cut short in the message; the diagnostic has them all. */
const SHOWN = 8;

/**
 * Reports a statement that is no instruction, at the furthest place that some instruction reached. `form` is
 * that of the text, undefined where nothing in it tells one; `joined`: it stands behind the `;` of another.
 */
export function reportMismatch(reader: Reader, report: Report, form: TextForm | undefined, joined = false): void {
  const { tokens, furthest, expected, constants } = reader;
  const advice = adviceFor(tokens) ?? (joined && furthest === 0 ? NO_COMMENT : undefined);
  const instead = advice === undefined ? "" : `: ${advice}`;
  const token = tokens[furthest];
  const wanted = furthest === 0 ? "an instruction" : listing(expected);
  if (token === undefined) {
    const last = tokens[tokens.length - 1];
    report.addAt(last.line, last.column + last.text.length, 1, `expected ${wanted}, but the line ends here${instead}`, {
      expected,
    });
    return;
  }
  const message = aboutRegister(token.text, expected, form) ?? `expected ${wanted}, found \`${token.text}\`${instead}`;
  const candidates = [
    ...words(expected),
    ...(expected.includes(A_NUMBER) ? constants.keys() : []),
    ...(furthest === 0 && form === undefined ? FIRST_WORDS : []),
  ];
  report.add(token, token, message, {
    expected,
    candidates: token.kind === "name" && advice === undefined ? candidates : [],
  });
}

/** The literal words among what was expected, without their quotes. */
function words(expected: readonly string[]): string[] {
  return expected.flatMap((item) => /^`(\w{2,})`$/.exec(item)?.[1] ?? []);
}

function listing(expected: readonly string[]): string {
  const shown = expected.slice(0, SHOWN);
  if (expected.length > SHOWN) return `${shown.join(", ")}, ...`;
  const last = shown.pop();
  return shown.length === 0 ? `${last}` : `${shown.join(", ")} or ${last}`;
}

/** Registers that do not exist or have the wrong width are the commonest slips; they get words of their own. */
function aboutRegister(text: string, expected: readonly string[], form: TextForm | undefined): string | undefined {
  const register = registerOf(text);
  if (register === undefined || !expected.some((item) => item.includes("register"))) return undefined;
  const { letter, number } = register;
  if (number > 10) return `there is no register ${text}: r0 to r10 (and their lower halves w0 to w10) exist`;
  const [other, width, otherWidth] = letter === "w" ? ["r", 32, 64] : ["w", 64, 32];
  if (!expected.some((item) => item.includes(`${other}0 to`))) return undefined;
  if (form === "mnemonic") {
    return `registers are r0 to r10 in this form, as the instruction's name tells the width: write \`r${number}\``;
  }
  return `\`${text}\` has ${width} bits, but this instruction has ${otherWidth}: write \`${other}${number}\``;
}
