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

it("a refusal shows an input that goes wrong, the same on every run", async () => {
  const program = asm({ type: "xdp", name: "short" })`
    r2 = *(u32 *)(r1 + 0)
    r3 = *(u32 *)(r1 + 4)
    r4 = r2
    r4 += 14
    if r4 > r3 goto out
    r5 = *(u8 *)(r2 + 23)
  out:
    r0 = 2
    exit
  `;
  const [first, second] = (await Promise.all([verify(program)[DISPLAY](), verify(program)[DISPLAY]()])) as {
    "text/plain": string;
    "text/html": string;
  }[];
  expect(first["text/plain"]).toMatch(/An input on which it goes wrong:\n {2}a packet of (1[4-9]|2[0-3]) bytes/);
  expect(first["text/plain"]).not.toContain("0xffff8880");
  expect(first["text/html"]).toContain("end of the packet");
  expect(first["text/plain"]).toContain("The comparison says that 14 bytes are there, and this access needs 24.");
  expect(second).toEqual(first);
});
