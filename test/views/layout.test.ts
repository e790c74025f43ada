import { expect, test } from "vitest";
import { machineBtf } from "../../src/btf/data/machine.ts";
import { pathOf } from "../../src/btf/member-path.ts";
import { asm, controlFlow, coreAccess, DISPLAY, Machine, structLayout } from "../../src/index.ts";

test("a struct's members and holes cover it exactly", async () => {
  const layout = structLayout(machineBtf("6.18"), "cred");
  let end = 0;
  for (const { offset, size, bits } of layout.rows) {
    if (bits) continue;
    expect(offset).toBe(end);
    end = offset + size;
  }
  expect(end).toBe(layout.size);
  expect(layout.rows.find(({ isHole }) => isHole)).toMatchObject({ offset: 44, size: 4 });
  const { "text/plain": text, "text/html": html } = await layout[DISPLAY]();
  expect(text).toMatch(/^struct cred: 184 bytes, 28 rows, 11 bytes in holes\n/);
  expect(text).toContain("44     4  ✗ hole");
  expect(html).toContain("struct key *session_keyring");
});

test("bitfields share bytes and are no holes", () => {
  const { rows, wasted, size } = structLayout(machineBtf("6.18"), "sk_buff");
  expect(rows.some(({ bits }) => bits !== undefined)).toBe(true);
  expect(wasted).toBeLessThan(size / 4);
});

test("what is no struct is refused", () => {
  expect(() => structLayout(machineBtf("6.18"), "no_such_struct")).toThrow(/struct or union/);
  expect(() => coreAccess("no_such_struct", "x")).toThrow(/a struct of a release/);
});

test("one access on several releases goes where each release has it, or fails", async () => {
  const { rows } = coreAccess("task_struct", "pid", ["6.1", "6.18"]);
  for (const { release, offset, instruction } of rows) {
    const btf = machineBtf(release);
    expect(offset).toBe(pathOf(btf, btf.byName("task_struct", "struct")!.id, "pid")!.bitOffset / 8);
    expect(instruction).toBe(`r0 = *(u32 *)(r1 + ${offset})`);
  }
  expect(rows[0]!.offset).not.toBe(rows[1]!.offset);
  const { "text/plain": text } = await coreAccess("task_struct", "__state")[DISPLAY]();
  expect(text).toContain("no such member: the relocation fails");
});

test("a run is drawn into the graph: counts of blocks and edges, what did not run", async () => {
  const program = asm({ type: "xdp", name: "loop" })`r6 = 0
again: r6 += 1
r1 = r6
call twice
if r6 < 10 goto again
call get_prandom_u32
if r0 == 0 goto never
r0 = 2
exit
never: r0 = 1
exit
twice: r0 = r1
exit`;
  const run = new Machine().load(program).trace(new Uint8Array(20));
  const bundle = await controlFlow(program, { runs: [run] })[DISPLAY]();
  expect(bundle["text/plain"]).toContain(
    "Run: main block 0 1×, main block 1 10×, main block 2 1×, main block 3 1×, func_11 block 0 10×\nNot run: main block 4",
  );
  const html = String(bundle["text/html"]);
  expect(html).toContain("head of a loop, run 10×");
  expect(html).toContain("yes 9×");
  expect(html).toContain("block 4, not run");
  expect((await controlFlow(program)[DISPLAY]())["text/plain"]).not.toContain("Run:");
});
