import { expect, test } from "vitest";
import { documentedForms, isaPage } from "../../src/isa/documentation.ts";
import { OPCODES } from "../../src/isa/opcodes.ts";

// `vitest -u` writes the page anew.
test("docs/isa.md is what the rows say", async () => {
  await expect(isaPage()).toMatchFileSnapshot("../../docs/isa.md");
});

test("every row has its line, with nothing unexplained", () => {
  const lines = isaPage().split("\n");
  for (const row of OPCODES) {
    expect(lines.filter((line) => line.includes(` | ${row.name} | `))).toHaveLength(1);
    const { llvm, mnemonic } = documentedForms(row);
    expect(llvm + mnemonic).not.toMatch(/[{}]|undefined/);
  }
  // Eight cells: nine bars that are not escaped.
  for (const line of lines.filter((text) => text.startsWith("| 0x"))) {
    expect(line.match(/(?<!\\)\|/g)).toHaveLength(9);
  }
});
