import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { TP } from "../tracepoints.ts";
import { hardStartXmit } from "./dev-output.ts";
import type { NetDevice } from "./device.ts";
import { DROP } from "./drop-reason.ts";
import { xdpInMemory } from "./packet-memory.ts";
import type { Skb } from "./skb.ts";
import * as tracing from "./tracing.ts";
import { transmitXdp, xdpRedirect } from "./xdp-redirect.ts";

export const XDP_ABORTED = 0;
export const XDP_DROP = 1;
export const XDP_PASS = 2;
export const XDP_TX = 3;
export const XDP_REDIRECT = 4;

/**
 * XDP in the driver, or on the card: no socket buffer exists yet. True: the packet goes on into Linux. What ends here ends
 * without `skb:kfree_skb`, and nobody who watches the device sees it.
 */
export function nativeXdp(t: Task, skb: Skb, dev: NetDevice): boolean {
  const act = run(t, skb, dev);
  const { network } = t.linux;
  const { counters } = dev;
  switch (act) {
    case XDP_PASS:
      counters.xdpPass++;
      return true;
    case XDP_DROP:
      counters.xdpDrop++;
      network.end(skb, DROP.XDP, "XDP_DROP");
      return false;
    case XDP_TX: {
      counters.xdpTx++;
      skb.fate?.("XDP_TX");
      const error = transmitXdp(t, skb, dev);
      tracing.xdp(
        t,
        TP.xdp_bulk_tx,
        [dev.ifindex, XDP_TX, error === 0 ? 0 : 1, error === 0 ? 1 : 0, error],
        dev,
        1,
        0,
        error,
      );
      return false;
    }
    case XDP_REDIRECT:
      counters.xdpRedirect++;
      if (xdpRedirect(t, skb, wayOf(t, dev, "native"))) return false;
      break;
    default:
      counters.xdpAborted++;
  }
  // As an exception; also what no program should return.
  if (act !== XDP_REDIRECT) exception(t, dev, act);
  network.end(skb, DROP.XDP, act === XDP_REDIRECT ? "XDP_REDIRECT failed" : "XDP_ABORTED");
  return false;
}

/** On the card: what it drops costs no CPU any time, not even an interrupt. It can send back, and redirect nowhere. */
export function offloadedXdp(t: Task, skb: Skb, dev: NetDevice): boolean {
  const act = run(t, skb, dev);
  const { network } = t.linux;
  const { counters } = dev;
  if (act === XDP_PASS) {
    counters.xdpPass++;
    return true;
  }
  if (act === XDP_TX) {
    counters.xdpTx++;
    skb.fate?.("XDP_TX");
    network.leave(t, skb);
  } else if (act === XDP_DROP) {
    counters.xdpDrop++;
    network.end(skb, DROP.XDP, "XDP_DROP");
  } else {
    counters.xdpAborted++;
    network.end(skb, DROP.XDP, "XDP_ABORTED");
  }
  return false;
}

function exception(t: Task, dev: NetDevice, act: number): void {
  const id = dev.xdp?.program.id ?? 0;
  tracing.xdp(t, TP.xdp_exception, [id, act, dev.ifindex], dev, undefined, act);
}

/** How a packet came that the device's program sends on. */
const wayOf = (t: Task, dev: NetDevice, mode: "native" | "generic") => ({
  ...{ from: dev, mode, queue: dev.queue(t.cpu.id), program: dev.xdp?.program },
});

function run(t: Task, skb: Skb, dev: NetDevice): number {
  const { network, memory } = t.linux;
  return network.programs.run(
    t,
    dev.xdp!.program,
    skb,
    dev,
    xdpInMemory(memory, skb, dev, { queue: dev.queue(t.cpu.id) }),
  );
}

/** `do_xdp_generic`: on a socket buffer, for drivers without XDP of their own. Slower, and drops are seen by `kfree_skb`. */
export function genericXdp(t: Task, skb: Skb, dev: NetDevice): boolean {
  const { network } = t.linux;
  const { counters } = dev;
  t.enter(F.do_xdp_generic, 40, dev.xdp?.program, skb);
  t.enter(F.bpf_prog_run_generic_xdp, 120, skb, undefined, dev.xdp?.program);
  const act = run(t, skb, dev);
  t.leave(act);
  const passed = act === XDP_PASS;
  if (passed) counters.xdpPass++;
  else if (act === XDP_TX) {
    counters.xdpTx++;
    t.enter(F.generic_xdp_tx, 60, skb, dev.xdp?.program);
    hardStartXmit(t, skb, dev);
    t.leave(undefined);
  } else if (act === XDP_REDIRECT) {
    counters.xdpRedirect++;
    t.enter(F.xdp_do_generic_redirect, 80, dev, skb, undefined, dev.xdp?.program);
    const sent = xdpRedirect(t, skb, wayOf(t, dev, "generic"));
    t.leave(0);
    if (!sent) network.drop(t, skb, DROP.XDP);
  } else {
    if (act === XDP_DROP) counters.xdpDrop++;
    else {
      counters.xdpAborted++;
      exception(t, dev, act);
    }
    network.drop(t, skb, DROP.XDP);
  }
  t.leave(act);
  return passed;
}
