import type { Task } from "../task.ts";
import type { NetDevice } from "./device.ts";
import type { Skb } from "./skb.ts";

export function nativeXdp(_t: Task, _skb: Skb, _dev: NetDevice): boolean {
  return true;
}
export function genericXdp(_t: Task, _skb: Skb, _dev: NetDevice): boolean {
  return true;
}
