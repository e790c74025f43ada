import type { BpfLink } from "../linux/bpf/link.ts";
import type { TcProgram } from "../linux/net/device.ts";

/** Attachments that `ip link`, `tc` and `bpftool net attach` made: they are no links of Linux. */
const plain = new WeakSet<BpfLink>();

/** What `tc` calls a filter: `xdp_counter.o:[tc]`. */
const filterNames = new WeakMap<TcProgram, string>();

/** Says that an attachment is no link. */
export function asPlainAttachment(link: BpfLink): BpfLink {
  plain.add(link);
  return link;
}

/** Whether an attachment is one that `bpftool link` does not list. */
export const isPlainAttachment = (link: BpfLink): boolean => plain.has(link) || link.hook.startsWith("tc:");

export const nameFilter = (filter: TcProgram, name: string): void => void filterNames.set(filter, name);
export const filterName = (filter: TcProgram): string => filterNames.get(filter) ?? filter.name;
