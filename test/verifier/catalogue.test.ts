import { describe, expect, test } from "vitest";
import { cataloguePage, EXAMPLES, exampleProgram } from "../../src/verifier/catalogue.ts";
import type { MessageExample } from "../../src/verifier/examples/example.ts";
import { anchorOf } from "../../src/verifier/lesson.ts";
import { MESSAGES, type MessageName } from "../../src/verifier/messages.ts";
import { verify } from "../../src/verifier/verify.ts";
import { EXAMPLES_IN_C } from "./c/programs.ts";

// `vitest -u` writes the page anew.
test("docs/verifier-messages.md is what the rows and the examples say", async () => {
  await expect(cataloguePage()).toMatchFileSnapshot("../../docs/verifier-messages.md");
});

describe("examples", () => {
  test.each(Object.entries(EXAMPLES) as [MessageName, MessageExample][])(
    "%s is what its program is refused with",
    (name, example) => {
      const verdict = verify(exampleProgram(example));
      expect(verdict.message).toBe(name);
    },
  );

  // A new message comes with an example; `vitest -u` shows in the diff of this list which did not. It is to shrink.
  test("messages without one are those of the list", async () => {
    const without = (Object.keys(MESSAGES) as MessageName[]).filter(
      (name) => EXAMPLES[name] === undefined && !EXAMPLES_IN_C.has(name),
    );
    await expect(`${without.sort().join("\n")}\n`).toMatchFileSnapshot("without-example.txt");
  });
});

test("anchors are unique", () => {
  const anchors = (Object.keys(MESSAGES) as MessageName[]).map(anchorOf);
  expect(new Set(anchors).size).toBe(anchors.length);
  const page = cataloguePage();
  for (const name of Object.keys(MESSAGES) as MessageName[])
    if (MESSAGES[name].format !== "") expect(page).toContain(`<a id="${anchorOf(name)}"></a>`);
});
