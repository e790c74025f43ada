import { describe, expect, it } from "vitest";
import { asm, DISPLAY, Machine, workloads } from "../../src/index.ts";
import { DurationError } from "../../src/linux/duration.ts";
import { momentOf } from "../../src/linux/record/machine-record.ts";
import { machineData } from "../../src/views/machine-time/machine-data.ts";
import { namesOf, slicesOf, stateAt } from "../../src/views/machine-time/machine-state.ts";

const KINDS = ["webServer", "build", "mixed", "database", "lockContention"] as const;

const machineOf = (kind: (typeof KINDS)[number], seed: number): Machine => {
  const m = new Machine({ cpus: 1 + (seed % 4), seed });
  m.spawn(workloads[kind]());
  return m;
};

describe("what happened on a machine", () => {
  it.each(KINDS.map((kind, index) => [kind, 3 + index] as const))(
    "%s: its events lead from how it stood to how it stands",
    async (kind, seed) => {
      const m = machineOf(kind, seed);
      await m.run("20ms");
      const record = await m.view({ for: "5ms" });
      expect(record.lost).toBe(0);
      expect(record.events.length).toBeGreaterThan(0);
      const data = machineData(record);
      const state = stateAt(data, data.events.length);
      const now = momentOf(m.linux, m.bpf);
      const sorted = (cpus: readonly { pid: number; waiting: readonly number[] }[]) =>
        cpus.map(({ pid, waiting }) => ({ pid, waiting: [...waiting].sort() }));
      expect(sorted(state.cpus)).toEqual(sorted(now.cpus));
      const names = namesOf(data);
      for (const { pid, name } of now.tasks) if (names.has(pid)) expect(names.get(pid)).toBe(name);
      for (const { pid, nr } of now.tasks) {
        const task = state.tasks.get(pid);
        if (task !== undefined && nr !== undefined) expect([pid, task.call]).toEqual([pid, data.calls[nr]]);
      }
    },
  );

  it("nobody's run is changed by being watched, and nothing counts as attached", async () => {
    const [seen, other] = [machineOf("build", 6), machineOf("build", 6)];
    const { summary } = await seen.view({ for: "30ms" });
    expect({ ...summary }).toEqual({ ...(await other.run("30ms")) });
    expect({ ...(await seen.run("30ms")) }).toEqual({ ...(await other.run("30ms")) });
    expect(seen.linux.hooks.live.every((hook) => hook === undefined)).toBe(true);
    expect(seen.bpf.watchers).toEqual([]);
  });

  it("tells runs of programs with what they returned, and packets and disks by their device", async () => {
    const m = machineOf("webServer", 7);
    const program = m.load(asm({ type: "tracepoint", name: "seen" })`r0 = 7; exit`);
    m.attach(program, "tracepoint:sched:sched_switch");
    const { events } = await m.view({ for: "20ms" });
    const of = (kind: string) => events.filter((event) => event.kind === kind);
    expect(of("program").length).toBe(of("switch").length);
    expect(of("program")[0]).toMatchObject({ program: 1, result: 7 });
    expect(of("receive")[0]).toMatchObject({ device: "eth0" });
    expect(of("issue").length).toBeGreaterThanOrEqual(of("complete").length);
  });

  it("is bounded, and says what was not kept", async () => {
    const m = machineOf("webServer", 7);
    const record = await m.view({ for: "120ms" });
    expect(record.events.length).toBeGreaterThan(3_000);
    expect(record.events.length).toBeLessThanOrEqual(4_000);
    expect(record.end).toBeLessThan(m.linux.ktimeNs());
    expect(Math.max(...record.events.map(({ time }) => time))).toBeLessThan(record.end);
    expect(record.lost).toBeGreaterThan(0);
    const bundle = await record[DISPLAY]();
    expect(bundle["text/plain"]).toMatch(
      /^Machine: 4 CPUs over [\d.]+ ms of virtual time, [34],\d{3} events; [\d,]+ later ones were not kept\n/,
    );
    expect(String(bundle["text/html"]).length).toBeLessThan(260_000);
  });

  it("an idle machine is shown as one", async () => {
    const record = await new Machine().view({ for: "1us" });
    expect((await record[DISPLAY]())["text/plain"]).toContain("All CPUs are idle.");
    expect(slicesOf(machineData(record))).toEqual([]);
  });

  it("what is no duration is refused, and nothing watches on", async () => {
    const m = new Machine();
    await expect(m.view({ for: "soon" as never })).rejects.toThrow(DurationError);
    expect(() => m.view("20ms" as never)).toThrow(/\{ for: "20ms" \}/);
    expect(m.bpf.watchers).toEqual([]);
  });
});
