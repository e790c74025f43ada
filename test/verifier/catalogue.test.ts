import { describe, expect, test } from "vitest";
import { cataloguePage, EXAMPLES, exampleProgram } from "../../src/verifier/catalogue.ts";
import type { MessageExample } from "../../src/verifier/examples/example.ts";
import { WITHOUT_EXAMPLE } from "../../src/verifier/examples/without.ts";
import { anchorOf } from "../../src/verifier/lesson.ts";
import { MESSAGES, type MessageName } from "../../src/verifier/messages.ts";
import { verify } from "../../src/verifier/verify.ts";
import { ELSEWHERE } from "./case-examples.ts";

// `vitest -u` writes the page anew.
test("docs/verifier-messages.md is what the rows and the examples say", async () => {
  await expect(cataloguePage(ELSEWHERE)).toMatchFileSnapshot("../../docs/verifier-messages.md");
});

describe("examples", () => {
  test.each(Object.entries(EXAMPLES) as [MessageName, MessageExample][])(
    "%s is what its program is refused with",
    (name, example) => {
      const verdict = verify(exampleProgram(example));
      expect(verdict.message).toBe(name);
    },
  );

  test("every message has a program that provokes it, or a reason why there is none", () => {
    const provoked = (name: MessageName): boolean =>
      EXAMPLES[name] !== undefined || ELSEWHERE.cases.has(name) || ELSEWHERE.programs.has(name);
    const names = Object.keys(MESSAGES) as MessageName[];
    expect(names.filter((name) => !provoked(name) && WITHOUT_EXAMPLE[name] === undefined)).toEqual([]);
    expect(names.filter((name) => provoked(name) && WITHOUT_EXAMPLE[name] !== undefined)).toEqual([]);
  });
});

test("anchors are unique", () => {
  const anchors = (Object.keys(MESSAGES) as MessageName[]).map(anchorOf);
  expect(new Set(anchors).size).toBe(anchors.length);
  const page = cataloguePage(ELSEWHERE);
  for (const name of Object.keys(MESSAGES) as MessageName[])
    if (MESSAGES[name].format !== "") expect(page).toContain(`<a id="${anchorOf(name)}"></a>`);
});
