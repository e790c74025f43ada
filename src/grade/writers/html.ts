import { adjustmentText, forStudent, type Result, type TestResult } from "../result/result.ts";
import { xmlText } from "./junit.ts";

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}" +
  "pre{background:#f4f4f4;padding:.6rem;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}section{border-top:1px solid #bbb;margin-top:1rem}" +
  ".passed{color:#1a6b2e}.partial{color:#7a4b00}.failed,.error{color:#a51d1d}" +
  "@media(prefers-color-scheme:dark){body{color:#eee;background:#181818}pre{background:#262626}.passed{color:#7ed492}.partial{color:#f0c070}.failed,.error{color:#ff9a9a}}";

const WORDS: Readonly<Record<TestResult["status"], string>> = {
  passed: "passed",
  partial: "passed in part",
  failed: "failed",
  error: "could not be done",
};

const paragraph = (text: string | undefined, head = ""): string =>
  text === undefined || text === "" ? "" : `<p>${head === "" ? "" : `<strong>${head}</strong> `}${xmlText(text)}</p>`;
const block = (head: string, text: string | undefined): string =>
  text === undefined || text === "" ? "" : `<h4>${head}</h4><pre>${xmlText(text)}</pre>`;

function section(test: TestResult): string {
  const { id, title, points, maxPoints, status, message, hint, evidence = {} } = test;
  const [expected, got] = [evidence.expected, evidence.got];
  return (
    `<section><h3><span class="${status}">${WORDS[status]}</span> ${xmlText(id)} ${xmlText(title)}: ` +
    `${points} of ${maxPoints} points</h3>${paragraph(message)}${paragraph(hint, "Look here:")}` +
    `${block("The input", evidence.input)}${paragraph(expected, "Expected:")}${paragraph(got, "Your program gave:")}` +
    `${block("What the verifier says", evidence.verifier)}${block("The last instructions that were executed", evidence.trace)}</section>`
  );
}

/**
 * A student's feedback as a page of its own: points, and for each test that failed the input, the verifier's explanation, the last
 * instructions. Hidden tests are redacted. It loads nothing and runs nothing, whatever was handed over.
 */
export function html(result: Result): string {
  const { student, assignment, score, maxScore, tests, error, variant, tool, adjustments = [] } = forStudent(result);
  const head = `${assignment} · ${student}: ${score} of ${maxScore} points`;
  const policy = "default-src 'none'; style-src 'unsafe-inline'";
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">` +
    `<meta name="viewport" content="width=device-width"><title>${xmlText(head)}</title><style>${STYLE}</style></head><body>\n` +
    `<main><h1>${xmlText(head)}</h1>${paragraph(error, "It could not be graded:")}${adjustments.map((one) => paragraph(adjustmentText(one))).join("")}\n${tests.map(section).join("\n")}\n` +
    `<footer><p>Variant ${xmlText(variant)}, graded by ${xmlText(tool)}.</p></footer></main></body></html>\n`
  );
}
