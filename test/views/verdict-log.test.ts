import { expect, it } from "vitest";
import { asm, DISPLAY, verify } from "../../src/index.ts";

const loop = (times: number) => asm({ type: "xdp", name: "loop" })`
  r1 = 0
again:
  r1 += 1
  if r1 < ${times} goto again
  exit
`;

it("a long log is cut to its end, where the fault is, and says where the whole is", async () => {
  const verification = verify(loop(40));
  const lines = verification.verdict.log.trimEnd().split("\n").length;
  expect(lines).toBeGreaterThan(60);
  const { "text/html": html } = (await verification[DISPLAY]()) as { "text/html": string };
  expect(html).toContain(`the last 60 of ${lines.toLocaleString("en")} lines; verdict.log has all`);
  expect(html).toContain("R0 !read_ok");
});

it("a refusal shows cause, history and a fix that was verified", async () => {
  const { "text/plain": text } = (await verify(loop(3))[DISPLAY]()) as { "text/plain": string };
  expect(text).toContain("R0 !read_ok");
  expect(text).toContain("Ways out, each verified:");
  expect(text).toContain("+ r0 = 0");
});
