import { expect, test } from "vitest";
import { asm, BpfPermissionError, Machine, map, u64 } from "../../src/index.ts";

test("who lacks a capability is told which, and the machine is as it was", () => {
  const m = new Machine();
  const counts = map.array({ name: "counts", value: u64, maxEntries: 1 });
  const xdp = asm({ type: "xdp", name: "drop", maps: [counts] })("r1 = map[counts]\nr0 = 1\nexit");
  const load = (...capabilities: ("CAP_BPF" | "CAP_NET_ADMIN" | "CAP_SYS_ADMIN")[]) =>
    m.load(xdp, { as: { capabilities } });
  expect(() => load()).toThrow(BpfPermissionError);
  expect(() => load()).toThrow(/map counts.*EPERM.*unprivileged_bpf_disabled is 2.*CAP_BPF/s);
  expect(() => load("CAP_BPF")).toThrow(/program drop.*type xdp.*CAP_NET_ADMIN/s);
  expect(m.bpf.programs.size).toBe(0);
  expect(load("CAP_BPF", "CAP_NET_ADMIN").id).toBe(1);
  expect(load("CAP_SYS_ADMIN").id).toBe(2);
  expect(() => m.load(xdp, { as: { capabilities: ["CAP_CHOWN" as never] } })).toThrow("as of load");
});
