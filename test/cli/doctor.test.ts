import { afterEach, expect, test, vi } from "vitest";
import { CHECKS } from "../../src/cli/doctor/checks.ts";
import { doctorCommand } from "../../src/cli/doctor/command.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What it prints, and its exit code. */
async function doctor(...args: Parameters<typeof doctorCommand>) {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((part) => {
    text += String(part);
    return true;
  });
  const code = await doctorCommand(...args);
  vi.restoreAllMocks();
  return { code, text };
}

test("a line for each, the remedy below it, and 1 only where something needed is missing", async () => {
  const checks = [
    { name: "one", look: () => ({ state: "good", found: "here" }) as const },
    { name: "three", look: () => ({ state: "optional", found: "not here", remedy: "fetch it" }) as const },
  ];
  expect(await doctor(checks)).toEqual({
    code: 0,
    text: "ok       one    here\nmissing  three  not here\n                fetch it\n",
  });
  const needed = { name: "two", look: () => ({ state: "needed", found: "no", remedy: "do" }) as const };
  expect((await doctor([...checks, needed])).code).toBe(1);
});

test("every real check ends, and what is missing says what to do", async () => {
  for (const { name, look } of CHECKS) {
    const { state, found, remedy } = await look();
    expect(found, name).not.toBe("");
    if (state !== "good") expect(remedy, name).toMatch(/install|run|make|give/);
  }
});

test("with nothing on PATH it still answers", async () => {
  vi.stubEnv("PATH", "/nowhere");
  vi.stubEnv("BPFBOOK_MEMORY", "100");
  const { text } = await doctor(CHECKS.filter(({ name }) => name === "memory" || name === "libbpf headers"));
  expect(text).toContain("missing  memory          cells may hold only 100 MiB\n");
});
