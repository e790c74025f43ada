import { describe, expect, test } from "vitest";
import { asm, DISPLAY, LIVE, Machine, map, packet, plot, u32, u64, workloads } from "../../src/index.ts";
import { expectWholeBundle } from "./support.ts";

describe("a machine's own data", () => {
  test("the record of switches accounts for all time that tasks had a CPU, and does not change the run", async () => {
    const run = async (watched: boolean) => {
      const m = new Machine({ cpus: 2, seed: 7 });
      m.spawn(workloads.webServer());
      const record = watched ? m.recordSwitches() : undefined;
      const summary = await m.run("50ms");
      record?.stop();
      return {
        record,
        summary: JSON.stringify(summary, (_, value) => (typeof value === "bigint" ? String(value) : value)),
      };
    };
    const { record, summary } = await run(true);
    expect((await run(false)).summary).toBe(summary);
    const lanes = record!.cpus();
    expect(new Set(lanes.map(({ lane }) => lane))).toEqual(new Set(["CPU 0", "CPU 1"]));
    for (const [index, { lane, from, to }] of lanes.entries()) {
      expect(Number(to)).toBeGreaterThanOrEqual(Number(from));
      const next = lanes[index + 1];
      // One task at a time.
      if (next?.lane === lane) expect(Number(next.from)).toBeGreaterThanOrEqual(Number(to));
    }
    const chart = record!.plot();
    expect(chart.alt).toMatch(/^Gantt chart of CPUs: \d/);
    expect(plot.gantt(record!.tasks()).text).toMatch(/^webserver \d+ \|/);
    expect(Object.keys(await record![DISPLAY]())).toContain("image/svg+xml");
  });

  test("a machine that has not run says so", () => {
    expect(new Machine().recordSwitches().plot().alt).toContain("let the machine run");
  });

  test("devices are a graph, and what XDP said are flows", async () => {
    const m = new Machine({ seed: 7 });
    m.net.addVeth({ name: "veth0", addresses: ["10.1.0.1/24"] }, { name: "veth1", netns: "blue" });
    const drop = m.load(asm({ type: "xdp", name: "drop" })`
      r0 = 1
      exit
    `);
    m.attach(drop, "xdp:eth0");
    m.send([packet.udp({ dport: 53 }), packet.udp({ dport: 54 })]);
    await m.run("1ms");
    const devices = plot.topology(m.net.topology);
    expect(devices.text).toMatch(/outside -> eth0 {2}\d+ packets/);
    expect(devices.text).toContain("veth0 -> blue/veth1");
    // Nothing went through it.
    expect(devices.text).not.toMatch(/\blo\b/);
    const flows = plot.sankey(m.net.xdpFlows);
    expect(flows.text).toBe("eth0 -> XDP_DROP  2  100%");
  });

  test("packets that XDP sends on are a way of their own", async () => {
    const m = new Machine({ seed: 7 });
    m.net.addVeth({ name: "veth0" }, { name: "veth1", netns: "blue" });
    const pass = asm({ type: "xdp", name: "pass" })`r0 = 2; exit`;
    const on = asm({ type: "xdp", name: "on" })`r1 = ${m.net.device("veth0").ifindex}; r2 = 0; call bpf_redirect; exit`;
    m.attach(m.load(on), "xdp:eth0");
    m.attach(m.load(pass), "xdp:blue/veth1");
    m.send([packet.udp({ dport: 53 }), packet.udp({ dport: 54 })]);
    await m.run("1ms");
    expect(plot.topology(m.net.topology).text).toContain("eth0 -> veth0  XDP redirect  2 packets");
  });

  test("maps of a machine are bars and histograms; per-CPU values are series", async () => {
    const m = new Machine({ cpus: 2, seed: 7 });
    const sizes = map.hash({ name: "sizes", key: u32, value: u64, maxEntries: 64 });
    const program = m.load(asm({ type: "tracepoint", name: "count" })`
      r1 = 5
      *(u32 *)(r10 - 4) = r1
      r1 = 9
      *(u64 *)(r10 - 16) = r1
      r1 = map[sizes]
      r2 = r10
      r2 += -4
      r3 = r10
      r3 += -16
      r4 = 0
      call map_update_elem
      r0 = 0
      exit
    `);
    m.attach(program, "tracepoint:syscalls:sys_enter_read");
    m.spawn(workloads.webServer());
    await m.run("20ms");
    expect(plot.bars(sizes).text).toMatch(/^5 {2}9 \|@{40}\|$/);
    expect(plot.histogram(sizes).alt).toContain("9 samples all in [32, 64)");
    const perCpu = [[5, [2n, 3n, 0n]]] as const;
    expect(plot.bars(perCpu).text).toMatch(/^5 {2}5 \|/);
    expect(plot.histogram(perCpu).alt).toContain("5 samples all in [32, 64)");
  });
});

describe("live plots", () => {
  test("are drawn while something runs and once more at its end, and run it once", async () => {
    const values: number[] = [];
    let runs = 0;
    const live = plot.live(
      () => plot.histogram(values),
      async () => {
        runs++;
        for (let i = 0; i < 4; i++) {
          values.push(2 ** i);
          await new Promise((resolve) => setTimeout(resolve, 40));
        }
      },
      { every: 50 },
    );
    const bundles = [];
    for await (const bundle of live[LIVE]()) bundles.push(bundle);
    expect(bundles.length).toBeGreaterThanOrEqual(2);
    expect(bundles.at(-1)!["text/plain"]).toContain("4 samples");
    for await (const bundle of live[LIVE]()) expect(bundle["text/plain"]).toContain("4 samples");
    expect(runs).toBe(1);
  });

  test("show a machine's maps in place while it runs", async () => {
    const m = new Machine({ seed: 7 });
    m.spawn(workloads.webServer());
    const record = m.recordSwitches();
    const live = plot.live(
      () => record.plot(),
      () => m.run("100ms"),
      { every: 50 },
    );
    let last: unknown;
    for await (const bundle of live[LIVE]()) last = bundle["text/plain"];
    expect(last).toMatch(/Gantt chart of CPUs: \d/);
  });

  test("throw what the run throws, and refuse periods that are none", async () => {
    const live = plot.live(
      () => plot.histogram([]),
      () => Promise.reject(new TypeError("broken")),
    );
    await expect(async () => {
      for await (const _ of live[LIVE]());
    }).rejects.toThrow("broken");
    expect(() =>
      plot.live(
        () => plot.histogram([]),
        async () => {},
        { every: 0 },
      ),
    ).toThrow(plot.PlotError);
  });
});

test("a plot made of a bpftrace program is whole", async () => {
  const m = new Machine({ seed: 7 });
  m.spawn(workloads.webServer());
  const result = await m.bpftrace({ for: "100ms" })`tracepoint:syscalls:sys_enter_* { @[probe] = count(); }`;
  const bundle = (await (result as { [DISPLAY](): unknown })[DISPLAY]()) as Record<string, unknown>;
  expect(Object.keys(bundle)).toContain("application/vnd.vegalite.v5+json");
  await expectWholeBundle(plot.bars([["sys_enter_read", 3n]]));
});
