/**
 * What Linux's iterators hand to their programs, as far as the types of `bpf_iter_NAME` do not say it: which arguments may
 * be NULL, which are surely valid else, and which are buffers of the map's sizes. Read from what Linux 6.18's verifier makes
 * of each argument. The first argument, `meta`, and all that are not listed follow from their types.
 */
export type IteratorArgument = "nullable" | "trusted_nullable" | "buffer" | "readonly_buffer";

/** By the part of the function's name behind `bpf_iter_`, and the number of the argument. */
export const ITERATOR_TARGETS: Readonly<Record<string, Readonly<Record<number, IteratorArgument>>>> = {
  bpf_link: { 1: "nullable" },
  bpf_map: { 1: "trusted_nullable" },
  bpf_map_elem: { 2: "readonly_buffer", 3: "buffer" },
  bpf_prog: { 1: "nullable" },
  bpf_sk_storage_map: { 2: "nullable", 3: "buffer" },
  cgroup: { 1: "trusted_nullable" },
  dmabuf: { 1: "nullable" },
  ipv6_route: { 1: "nullable" },
  kmem_cache: { 1: "trusted_nullable" },
  ksym: { 1: "nullable" },
  netlink: { 1: "nullable" },
  sockmap: { 2: "readonly_buffer", 3: "nullable" },
  task: { 1: "trusted_nullable" },
  task_file: { 1: "nullable", 3: "nullable" },
  task_vma: { 1: "nullable", 2: "nullable" },
  tcp: { 1: "trusted_nullable" },
  udp: { 1: "trusted_nullable" },
  unix: { 1: "nullable" },
};
