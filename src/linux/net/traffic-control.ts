import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import type { NetDevice, TcProgram } from "./device.ts";
import { DROP } from "./drop-reason.ts";
import { skbInMemory } from "./packet-memory.ts";
import { skbRedirect } from "./redirect.ts";
import type { Skb } from "./skb.ts";

const UNSPEC = -1;
const OK = 0;
const SHOT = 2;
const STOLEN = 4;
const REDIRECT = 7;
const TRAP = 8;

/** What decides: other values of a program let the next one decide (`tcx_action_code`, `cls_bpf` in direct action). */
const FINAL: Readonly<Record<TcProgram["kind"], readonly number[]>> = {
  tcx: [OK, SHOT, REDIRECT],
  clsact: [OK, SHOT, STOLEN, TRAP, REDIRECT],
};

/**
 * The programs of one side of a device, in order: tcx links as they were attached, then filters of clsact by priority. True:
 * the packet goes on.
 */
export function classify(t: Task, skb: Skb, dev: NetDevice, side: "ingress" | "egress"): boolean {
  const { network, memory } = t.linux;
  for (const program of dev[side]) {
    if (program.kind === "clsact") t.enter(F.tc_run, 30, undefined, skb);
    const verdict =
      network.programs.run(t, program, skb, dev, skbInMemory(memory, skb, dev, side), side === "ingress") | 0;
    if (program.kind === "clsact") t.leave(verdict);
    if (!FINAL[program.kind].includes(verdict)) continue;
    return finish(t, skb, dev, side, verdict);
  }
  return finish(t, skb, dev, side, UNSPEC);
}

function finish(t: Task, skb: Skb, dev: NetDevice, side: "ingress" | "egress", verdict: number): boolean {
  const { network } = t.linux;
  switch (verdict) {
    case SHOT:
      if (side === "ingress") dev.counters.tcIngressDrop++;
      else dev.counters.tcEgressDrop++;
      network.drop(t, skb, side === "ingress" ? DROP.TC_INGRESS : DROP.TC_EGRESS);
      return false;
    case STOLEN:
    case TRAP:
      network.consume(t, skb);
      return false;
    case REDIRECT:
      skbRedirect(t, skb, dev, side);
      return false;
    default:
      return true;
  }
}

/** Programs in the order in which they run. */
export function ordered(programs: readonly TcProgram[]): readonly TcProgram[] {
  const tcx = programs.filter(({ kind }) => kind === "tcx");
  const filters = programs.filter(({ kind }) => kind === "clsact").sort((a, b) => a.priority - b.priority);
  return [...tcx, ...filters];
}
