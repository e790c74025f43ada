/** Program types by Linux's `bpf_prog_type` names in lower case, with their numbers; `raw` is ours and has none. */
export const PROGRAM_TYPES = {
  raw: 0,
  socket_filter: 1,
  kprobe: 2,
  sched_cls: 3,
  tracepoint: 5,
  xdp: 6,
  perf_event: 7,
  raw_tracepoint: 17,
} as const;

export type ProgramType = keyof typeof PROGRAM_TYPES;
