import { describe, expect, test } from "vitest";
import { asm, DISPLAY, verify } from "../../src/index.ts";
import { knownHtml, knownText } from "../../src/views/known-note.ts";

describe("a note", () => {
  test("has the registers that are new, and a sign where later visits find others", () => {
    expect(knownText({ first: ["R1=1", "R2=ctx()"], varies: false })).toBe("R1=1 R2=ctx()");
    expect(knownText({ first: ["R1=1"], varies: true })).toBe("R1=1 …");
    expect(knownText({ first: [], varies: true })).toBeUndefined();
    expect(knownHtml(undefined)).toBeUndefined();
  });

  test("may be broken between fields and is escaped", () => {
    const state = { first: ["R0=map_value(map=<b>,ks=4,vs=8)"], varies: false };
    expect(knownHtml(state)?.toString()).toBe(
      '<div style="min-width:28ch">R0=map_value(<wbr>map=&#60;b&#62;,<wbr>ks=4,<wbr>vs=8)</div>',
    );
    expect(String(knownHtml({ first: ["R1=1", "R2=2"], varies: true }))).toContain(">R1=1 R2=2\u00a0…</div>");
  });
});

test("a loop's listing says that it is of the first visit, and explains the sign", async () => {
  const program = asm({ type: "xdp", name: "loop" })`
    r7 = 0
again:
    r7 += 1
    if r7 < 5 goto again
    r0 = 2
    exit
`;
  const bundle = (await verify(program)[DISPLAY]()) as Record<string, string>;
  expect(bundle["text/plain"]).toMatch(/\(07\) r7 \+= 1 +; R7=1 …\n/);
  expect(bundle["text/plain"]).toMatch(/; after it, on the first visit; … = other values on later visits$/);
  expect(bundle["text/html"]).toContain(">after it, on the first visit</th>");
  expect(bundle["text/html"]).toContain(">… = other values on later visits</p>");
});
