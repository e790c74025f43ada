import { expect, test } from "vitest";
import { DISPLAY, explain, verify } from "../../src/index.ts";
import { asm } from "../../src/loader/asm.ts";
import { historyLane } from "../../src/views/history-lane.ts";

test("the way of a register runs from where it was made to where it is wrong", () => {
  const lane = historyLane(
    [
      { at: 1, register: "R2" },
      { at: 3, register: "R3" },
    ],
    5,
    [0, 1, 2, 3, 5, 6],
  );
  expect([...lane]).toEqual([
    [1, "╭ R2"],
    [2, "│"],
    [3, "├ R3"],
    [5, "╰▶"],
  ]);
  expect(historyLane([], 5, [5]).size).toBe(0);
  // A loop: what made the register stands below.
  expect([...historyLane([{ at: 4, register: "R1" }], 2, [2, 3, 4])]).toEqual([
    [2, "╭▶"],
    [3, "│"],
    [4, "╰ R1"],
  ]);
});

const text = `r2 = *(u32 *)(r1 + 0)
r3 = *(u32 *)(r1 + 4)
r4 = r2
r4 += 14
if r4 > r3 goto out
r5 = *(u8 *)(r2 + 23)
out: r0 = 2
exit`;

test("a refusal: lane, the missing byte, the program that each change makes, and a page about the message", async () => {
  const verification = verify(asm({ type: "xdp", name: "reads" })(text));
  const { "text/html": html, "text/plain": plain } = await verification[DISPLAY]();
  expect(html).toMatch(/>╭ R2<\/td>.*>╰▶ ✗ here<\/td>/s);
  expect(html).toMatch(/<mark [^>]*title="the byte that goes wrong">--<\/mark>/);
  expect(plain).toContain("43 >--<");
  expect(plain).toContain("instruction 5 wants 1 byte, which begins right at the end of the packet");
  for (const { program } of verification.explanation!.fixes) expect(verify(program).ok).toBe(true);
  const whole = /user-select:all[^>]*>([^<]*)<\/pre>/.exec(String(html))![1]!.replaceAll("&#62;", ">");
  expect(verify(asm({ type: "xdp" })(whole)).ok).toBe(true);
  expect(plain).toContain('explain("packet_range")');
  const page = await explain("packet-range")[DISPLAY]();
  expect(page["text/plain"]).toContain("The verifier says: R%d offset is outside of the packet");
  // Monospaced wherever bytes or lines stand, whatever the front end's own style sheet says.
  for (const [tag] of String(html).matchAll(/<(?:pre|code)\b[^>]*>/g)) expect(tag).toContain("monospace");
});
