// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const TIMER_EVENTS = {
  tick_stop: [
    454,
    "int success 8 4s; int dependency 12 4s",
    '"success=%d dependency=%s", REC->success, __print_symbolic(REC->dependency, { 0, "NONE" }, { (1 << 0), "POSIX_TIMER" }, { (1 << 1), "PERF_EVENTS" }, { (1 << 2), "SCHED" }, { (1 << 3), "CLOCK_UNSTABLE" }, { (1 << 4), "RCU" }, { (1 << 5), "RCU_EXP" })',
  ],
  itimer_expire: [
    455,
    "int which 8 4s; pid_t pid 12 4s; unsigned long long now 16 8",
    '"which=%d pid=%d now=%llu", REC->which, (int) REC->pid, REC->now',
  ],
  itimer_state: [
    456,
    "int which 8 4s; unsigned long long expires 16 8; long value_sec 24 8s; long value_nsec 32 8s; long interval_sec 40 8s; long interval_nsec 48 8s",
    '"which=%d expires=%llu it_value=%ld.%06ld it_interval=%ld.%06ld", REC->which, REC->expires, REC->value_sec, REC->value_nsec / 1000L, REC->interval_sec, REC->interval_nsec / 1000L',
  ],
  hrtimer_cancel: [457, "void * hrtimer 8 8", '"hrtimer=%p", REC->hrtimer'],
  hrtimer_expire_exit: [458, "void * hrtimer 8 8", '"hrtimer=%p", REC->hrtimer'],
  hrtimer_expire_entry: [
    459,
    "void * hrtimer 8 8; s64 now 16 8s; void * function 24 8",
    '"hrtimer=%p function=%ps now=%llu", REC->hrtimer, REC->function, (unsigned long long) REC->now',
  ],
  hrtimer_start: [
    460,
    "void * hrtimer 8 8; void * function 16 8; s64 expires 24 8s; s64 softexpires 32 8s; enum hrtimer_mode mode 40 4; bool was_armed 44 1",
    '"hrtimer=%p function=%ps expires=%llu softexpires=%llu mode=%s was_armed=%d", REC->hrtimer, REC->function, (unsigned long long) REC->expires, (unsigned long long) REC->softexpires, __print_symbolic(REC->mode, { HRTIMER_MODE_ABS, "ABS" }, { HRTIMER_MODE_REL, "REL" }, { HRTIMER_MODE_ABS_PINNED, "ABS|PINNED" }, { HRTIMER_MODE_REL_PINNED, "REL|PINNED" }, { HRTIMER_MODE_ABS_SOFT, "ABS|SOFT" }, { HRTIMER_MODE_REL_SOFT, "REL|SOFT" }, { HRTIMER_MODE_ABS_PINNED_SOFT, "ABS|PINNED|SOFT" }, { HRTIMER_MODE_REL_PINNED_SOFT, "REL|PINNED|SOFT" }, { HRTIMER_MODE_ABS_HARD, "ABS|HARD" }, { HRTIMER_MODE_REL_HARD, "REL|HARD" }, { HRTIMER_MODE_ABS_PINNED_HARD, "ABS|PINNED|HARD" }, { HRTIMER_MODE_REL_PINNED_HARD, "REL|PINNED|HARD" }), REC->was_armed',
  ],
  hrtimer_setup: [
    461,
    "void * hrtimer 8 8; clockid_t clockid 16 4s; enum hrtimer_mode mode 20 4",
    '"hrtimer=%p clockid=%s mode=%s", REC->hrtimer, __print_symbolic(REC->clockid, { 0, "CLOCK_REALTIME" }, { 1, "CLOCK_MONOTONIC" }, { 7, "CLOCK_BOOTTIME" }, { 11, "CLOCK_TAI" }), __print_symbolic(REC->mode, { HRTIMER_MODE_ABS, "ABS" }, { HRTIMER_MODE_REL, "REL" }, { HRTIMER_MODE_ABS_PINNED, "ABS|PINNED" }, { HRTIMER_MODE_REL_PINNED, "REL|PINNED" }, { HRTIMER_MODE_ABS_SOFT, "ABS|SOFT" }, { HRTIMER_MODE_REL_SOFT, "REL|SOFT" }, { HRTIMER_MODE_ABS_PINNED_SOFT, "ABS|PINNED|SOFT" }, { HRTIMER_MODE_REL_PINNED_SOFT, "REL|PINNED|SOFT" }, { HRTIMER_MODE_ABS_HARD, "ABS|HARD" }, { HRTIMER_MODE_REL_HARD, "REL|HARD" }, { HRTIMER_MODE_ABS_PINNED_HARD, "ABS|PINNED|HARD" }, { HRTIMER_MODE_REL_PINNED_HARD, "REL|PINNED|HARD" })',
  ],
  timer_base_idle: [462, "bool is_idle 8 1; unsigned int cpu 12 4", '"is_idle=%d cpu=%d", REC->is_idle, REC->cpu'],
  timer_cancel: [463, "void * timer 8 8", '"timer=%p", REC->timer'],
  timer_expire_exit: [464, "void * timer 8 8", '"timer=%p", REC->timer'],
  timer_expire_entry: [
    465,
    "void * timer 8 8; unsigned long now 16 8; void * function 24 8; unsigned long baseclk 32 8",
    '"timer=%p function=%ps now=%lu baseclk=%lu", REC->timer, REC->function, REC->now, REC->baseclk',
  ],
  timer_start: [
    466,
    "void * timer 8 8; void * function 16 8; unsigned long expires 24 8; unsigned long bucket_expiry 32 8; unsigned long now 40 8; unsigned int flags 48 4",
    '"timer=%p function=%ps expires=%lu [timeout=%ld] bucket_expiry=%lu cpu=%u idx=%u flags=%s", REC->timer, REC->function, REC->expires, (long)REC->expires - REC->now, REC->bucket_expiry, REC->flags & 0x0003FFFF, REC->flags >> 22, __print_flags(REC->flags & (0x00040000 | 0x00080000 | 0x00100000 | 0x00200000), "|", { 0x00040000, "M" }, { 0x00080000, "D" }, { 0x00100000, "P" }, { 0x00200000, "I" })',
  ],
  timer_init: [467, "void * timer 8 8", '"timer=%p", REC->timer'],
} as const satisfies EventRows;
