import { forStudent, type Result, type TestResult } from "../result/result.ts";
import { testText } from "./learning-systems.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text as XML 1.0 may hold it; characters that it may not are replaced. */
export const xmlText = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 does not allow
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (char) => ENTITIES[char]!);

const testCase = (test: TestResult): string => {
  const name = `name="${xmlText(`${test.id} ${test.title}`)}" classname="${xmlText(test.id.replace(/[./].*/, ""))}"`;
  if (test.status === "passed") return `    <testcase ${name}/>\n`;
  const kind = test.status === "error" ? "error" : "failure";
  const message = xmlText(test.message.split("\n")[0] ?? "");
  const body = xmlText(`${test.points} of ${test.maxPoints} points\n${testText(test)}`);
  return `    <testcase ${name}>\n      <${kind} type="${test.status}" message="${message}">${body}</${kind}>\n    </testcase>\n`;
};

/** JUnit's XML as CI systems read it: a test suite for each submission. */
export function junit(results: readonly Result[]): string {
  const suites = results.map(forStudent).map((result) => {
    const { tests, error, student, assignment } = result;
    const cases: readonly TestResult[] =
      error === undefined
        ? tests
        : [
            {
              ...{ id: assignment || "submission", title: "can be graded", points: 0, maxPoints: 0 },
              ...{ visibility: "visible", status: "error", message: error },
            },
          ];
    const count = (kind: boolean): number =>
      cases.filter(({ status }) => status !== "passed" && (status === "error") === kind).length;
    const head = `name="${xmlText(`${assignment} ${student}`.trim())}" tests="${cases.length}" failures="${count(false)}" errors="${count(true)}"`;
    return `  <testsuite ${head}>\n${cases.map(testCase).join("")}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("")}</testsuites>\n`;
}
