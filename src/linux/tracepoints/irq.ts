// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const IRQ_EVENTS = {
  tasklet_exit: [219, "void * tasklet 8 8; void * func 16 8", '"tasklet=%ps function=%ps", REC->tasklet, REC->func'],
  tasklet_entry: [220, "void * tasklet 8 8; void * func 16 8", '"tasklet=%ps function=%ps", REC->tasklet, REC->func'],
  softirq_raise: [
    221,
    "unsigned int vec 8 4",
    '"vec=%u [action=%s]", REC->vec, __print_symbolic(REC->vec, { 0, "HI" }, { 1, "TIMER" }, { 2, "NET_TX" }, { 3, "NET_RX" }, { 4, "BLOCK" }, { 5, "IRQ_POLL" }, { 6, "TASKLET" }, { 7, "SCHED" }, { 8, "HRTIMER" }, { 9, "RCU" })',
  ],
  softirq_exit: [
    222,
    "unsigned int vec 8 4",
    '"vec=%u [action=%s]", REC->vec, __print_symbolic(REC->vec, { 0, "HI" }, { 1, "TIMER" }, { 2, "NET_TX" }, { 3, "NET_RX" }, { 4, "BLOCK" }, { 5, "IRQ_POLL" }, { 6, "TASKLET" }, { 7, "SCHED" }, { 8, "HRTIMER" }, { 9, "RCU" })',
  ],
  softirq_entry: [
    223,
    "unsigned int vec 8 4",
    '"vec=%u [action=%s]", REC->vec, __print_symbolic(REC->vec, { 0, "HI" }, { 1, "TIMER" }, { 2, "NET_TX" }, { 3, "NET_RX" }, { 4, "BLOCK" }, { 5, "IRQ_POLL" }, { 6, "TASKLET" }, { 7, "SCHED" }, { 8, "HRTIMER" }, { 9, "RCU" })',
  ],
  irq_handler_exit: [
    224,
    "int irq 8 4s; int ret 12 4s",
    '"irq=%d ret=%s", REC->irq, REC->ret ? "handled" : "unhandled"',
  ],
  irq_handler_entry: [225, "int irq 8 4s; __data_loc char[] name 12 4", '"irq=%d name=%s", REC->irq, __get_str(name)'],
} as const satisfies EventRows;
