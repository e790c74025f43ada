// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const POWER_EVENTS = {
  guest_halt_poll_ns: [
    552,
    "bool grow 8 1; unsigned int new 12 4; unsigned int old 16 4",
    '"halt_poll_ns %u (%s %u)", REC->new, REC->grow ? "grow" : "shrink", REC->old',
  ],
  dev_pm_qos_remove_request: [
    553,
    "__data_loc char[] name 8 4; enum dev_pm_qos_req_type type 12 4; s32 new_value 16 4s",
    '"device=%s type=%s new_value=%d", __get_str(name), __print_symbolic(REC->type, { DEV_PM_QOS_RESUME_LATENCY, "DEV_PM_QOS_RESUME_LATENCY" }, { DEV_PM_QOS_FLAGS, "DEV_PM_QOS_FLAGS" }), REC->new_value',
  ],
  dev_pm_qos_update_request: [
    554,
    "__data_loc char[] name 8 4; enum dev_pm_qos_req_type type 12 4; s32 new_value 16 4s",
    '"device=%s type=%s new_value=%d", __get_str(name), __print_symbolic(REC->type, { DEV_PM_QOS_RESUME_LATENCY, "DEV_PM_QOS_RESUME_LATENCY" }, { DEV_PM_QOS_FLAGS, "DEV_PM_QOS_FLAGS" }), REC->new_value',
  ],
  dev_pm_qos_add_request: [
    555,
    "__data_loc char[] name 8 4; enum dev_pm_qos_req_type type 12 4; s32 new_value 16 4s",
    '"device=%s type=%s new_value=%d", __get_str(name), __print_symbolic(REC->type, { DEV_PM_QOS_RESUME_LATENCY, "DEV_PM_QOS_RESUME_LATENCY" }, { DEV_PM_QOS_FLAGS, "DEV_PM_QOS_FLAGS" }), REC->new_value',
  ],
  pm_qos_update_flags: [
    556,
    "enum pm_qos_req_action action 8 4; int prev_value 12 4s; int curr_value 16 4s",
    '"action=%s prev_value=0x%x curr_value=0x%x", __print_symbolic(REC->action, { PM_QOS_ADD_REQ, "ADD_REQ" }, { PM_QOS_UPDATE_REQ, "UPDATE_REQ" }, { PM_QOS_REMOVE_REQ, "REMOVE_REQ" }), REC->prev_value, REC->curr_value',
  ],
  pm_qos_update_target: [
    557,
    "enum pm_qos_req_action action 8 4; int prev_value 12 4s; int curr_value 16 4s",
    '"action=%s prev_value=%d curr_value=%d", __print_symbolic(REC->action, { PM_QOS_ADD_REQ, "ADD_REQ" }, { PM_QOS_UPDATE_REQ, "UPDATE_REQ" }, { PM_QOS_REMOVE_REQ, "REMOVE_REQ" }), REC->prev_value, REC->curr_value',
  ],
  pm_qos_remove_request: [558, "s32 value 8 4s", '"CPU_DMA_LATENCY value=%d", REC->value'],
  pm_qos_update_request: [559, "s32 value 8 4s", '"CPU_DMA_LATENCY value=%d", REC->value'],
  pm_qos_add_request: [560, "s32 value 8 4s", '"CPU_DMA_LATENCY value=%d", REC->value'],
  wakeup_source_deactivate: [
    561,
    "__data_loc char[] name 8 4; u64 state 16 8",
    '"%s state=0x%lx", __get_str(name), (unsigned long)REC->state',
  ],
  wakeup_source_activate: [
    562,
    "__data_loc char[] name 8 4; u64 state 16 8",
    '"%s state=0x%lx", __get_str(name), (unsigned long)REC->state',
  ],
  suspend_resume: [
    563,
    "const char * action 8 8; int val 16 4s; bool start 20 1",
    '"%s[%u] %s", REC->action, (unsigned int)REC->val, (REC->start)?"begin":"end"',
  ],
  cpu_frequency_limits: [
    564,
    "u32 min_freq 8 4; u32 max_freq 12 4; u32 cpu_id 16 4",
    '"min=%lu max=%lu cpu_id=%lu", (unsigned long)REC->min_freq, (unsigned long)REC->max_freq, (unsigned long)REC->cpu_id',
  ],
  cpu_frequency: [
    565,
    "u32 state 8 4; u32 cpu_id 12 4",
    '"state=%lu cpu_id=%lu", (unsigned long)REC->state, (unsigned long)REC->cpu_id',
  ],
  pstate_sample: [
    566,
    "u32 core_busy 8 4; u32 scaled_busy 12 4; u32 from 16 4; u32 to 20 4; u64 mperf 24 8; u64 aperf 32 8; u64 tsc 40 8; u32 freq 48 4; u32 io_boost 52 4",
    '"core_busy=%lu scaled=%lu from=%lu to=%lu mperf=%llu aperf=%llu tsc=%llu freq=%lu io_boost=%lu", (unsigned long)REC->core_busy, (unsigned long)REC->scaled_busy, (unsigned long)REC->from, (unsigned long)REC->to, (unsigned long long)REC->mperf, (unsigned long long)REC->aperf, (unsigned long long)REC->tsc, (unsigned long)REC->freq, (unsigned long)REC->io_boost',
  ],
  cpu_idle_miss: [
    567,
    "u32 cpu_id 8 4; u32 state 12 4; bool below 16 1",
    '"cpu_id=%lu state=%lu type=%s", (unsigned long)REC->cpu_id, (unsigned long)REC->state, (REC->below)?"below":"above"',
  ],
  cpu_idle: [
    568,
    "u32 state 8 4; u32 cpu_id 12 4",
    '"state=%lu cpu_id=%lu", (unsigned long)REC->state, (unsigned long)REC->cpu_id',
  ],
} as const satisfies EventRows;
