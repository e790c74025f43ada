// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const XDP_EVENTS = {
  bpf_xdp_link_attach_failed: [575, "__data_loc char[] msg 8 4", '"errmsg=%s", __get_str(msg)'],
  mem_connect: [
    576,
    "const struct xdp_mem_allocator * xa 8 8; u32 mem_id 16 4; u32 mem_type 20 4; const void * allocator 24 8; const struct xdp_rxq_info * rxq 32 8; int ifindex 40 4s",
    '"mem_id=%d mem_type=%s allocator=%p ifindex=%d", REC->mem_id, __print_symbolic(REC->mem_type, { 0, "PAGE_SHARED" }, { 1, "PAGE_ORDER0" }, { 2, "PAGE_POOL" }, { 3, "XSK_BUFF_POOL" }, { -1, 0 }), REC->allocator, REC->ifindex',
  ],
  mem_disconnect: [
    577,
    "const struct xdp_mem_allocator * xa 8 8; u32 mem_id 16 4; u32 mem_type 20 4; const void * allocator 24 8",
    '"mem_id=%d mem_type=%s allocator=%p", REC->mem_id, __print_symbolic(REC->mem_type, { 0, "PAGE_SHARED" }, { 1, "PAGE_ORDER0" }, { 2, "PAGE_POOL" }, { 3, "XSK_BUFF_POOL" }, { -1, 0 }), REC->allocator',
  ],
  xdp_devmap_xmit: [
    578,
    "int from_ifindex 8 4s; u32 act 12 4; int to_ifindex 16 4s; int drops 20 4s; int sent 24 4s; int err 28 4s",
    '"ndo_xdp_xmit from_ifindex=%d to_ifindex=%d action=%s sent=%d drops=%d err=%d", REC->from_ifindex, REC->to_ifindex, __print_symbolic(REC->act, { 0, "ABORTED" }, { 1, "DROP" }, { 2, "PASS" }, { 3, "TX" }, { 4, "REDIRECT" }, { -1, ((void *)0) }), REC->sent, REC->drops, REC->err',
  ],
  xdp_cpumap_enqueue: [
    579,
    "int map_id 8 4s; u32 act 12 4; int cpu 16 4s; unsigned int drops 20 4; unsigned int processed 24 4; int to_cpu 28 4s",
    '"enqueue cpu=%d map_id=%d action=%s processed=%u drops=%u to_cpu=%d", REC->cpu, REC->map_id, __print_symbolic(REC->act, { 0, "ABORTED" }, { 1, "DROP" }, { 2, "PASS" }, { 3, "TX" }, { 4, "REDIRECT" }, { -1, ((void *)0) }), REC->processed, REC->drops, REC->to_cpu',
  ],
  xdp_cpumap_kthread: [
    580,
    "int map_id 8 4s; u32 act 12 4; int cpu 16 4s; unsigned int drops 20 4; unsigned int processed 24 4; int sched 28 4s; unsigned int xdp_pass 32 4; unsigned int xdp_drop 36 4; unsigned int xdp_redirect 40 4",
    '"kthread cpu=%d map_id=%d action=%s processed=%u drops=%u sched=%d xdp_pass=%u xdp_drop=%u xdp_redirect=%u", REC->cpu, REC->map_id, __print_symbolic(REC->act, { 0, "ABORTED" }, { 1, "DROP" }, { 2, "PASS" }, { 3, "TX" }, { 4, "REDIRECT" }, { -1, ((void *)0) }), REC->processed, REC->drops, REC->sched, REC->xdp_pass, REC->xdp_drop, REC->xdp_redirect',
  ],
  xdp_redirect_err: [
    581,
    "int prog_id 8 4s; u32 act 12 4; int ifindex 16 4s; int err 20 4s; int to_ifindex 24 4s; u32 map_id 28 4; int map_index 32 4s",
    '"prog_id=%d action=%s ifindex=%d to_ifindex=%d err=%d map_id=%d map_index=%d", REC->prog_id, __print_symbolic(REC->act, { 0, "ABORTED" }, { 1, "DROP" }, { 2, "PASS" }, { 3, "TX" }, { 4, "REDIRECT" }, { -1, ((void *)0) }), REC->ifindex, REC->to_ifindex, REC->err, REC->map_id, REC->map_index',
  ],
  xdp_redirect: [
    582,
    "int prog_id 8 4s; u32 act 12 4; int ifindex 16 4s; int err 20 4s; int to_ifindex 24 4s; u32 map_id 28 4; int map_index 32 4s",
    '"prog_id=%d action=%s ifindex=%d to_ifindex=%d err=%d map_id=%d map_index=%d", REC->prog_id, __print_symbolic(REC->act, { 0, "ABORTED" }, { 1, "DROP" }, { 2, "PASS" }, { 3, "TX" }, { 4, "REDIRECT" }, { -1, ((void *)0) }), REC->ifindex, REC->to_ifindex, REC->err, REC->map_id, REC->map_index',
  ],
  xdp_bulk_tx: [
    583,
    "int ifindex 8 4s; u32 act 12 4; int drops 16 4s; int sent 20 4s; int err 24 4s",
    '"ifindex=%d action=%s sent=%d drops=%d err=%d", REC->ifindex, __print_symbolic(REC->act, { 0, "ABORTED" }, { 1, "DROP" }, { 2, "PASS" }, { 3, "TX" }, { 4, "REDIRECT" }, { -1, ((void *)0) }), REC->sent, REC->drops, REC->err',
  ],
  xdp_exception: [
    584,
    "int prog_id 8 4s; u32 act 12 4; int ifindex 16 4s",
    '"prog_id=%d action=%s ifindex=%d", REC->prog_id, __print_symbolic(REC->act, { 0, "ABORTED" }, { 1, "DROP" }, { 2, "PASS" }, { 3, "TX" }, { 4, "REDIRECT" }, { -1, ((void *)0) }), REC->ifindex',
  ],
} as const satisfies EventRows;
