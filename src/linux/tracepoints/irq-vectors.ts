// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const IRQ_VECTORS_EVENTS = {
  vector_free_moved: [
    136,
    "unsigned int irq 8 4; unsigned int cpu 12 4; unsigned int vector 16 4; bool is_managed 20 1",
    '"irq=%u cpu=%u vector=%u is_managed=%d", REC->irq, REC->cpu, REC->vector, REC->is_managed',
  ],
  vector_setup: [
    137,
    "unsigned int irq 8 4; bool is_legacy 12 1; int ret 16 4s",
    '"irq=%u is_legacy=%d ret=%d", REC->irq, REC->is_legacy, REC->ret',
  ],
  vector_teardown: [
    138,
    "unsigned int irq 8 4; bool is_managed 12 1; bool has_reserved 13 1",
    '"irq=%u is_managed=%d has_reserved=%d", REC->irq, REC->is_managed, REC->has_reserved',
  ],
  vector_deactivate: [
    139,
    "unsigned int irq 8 4; bool is_managed 12 1; bool can_reserve 13 1; bool reserve 14 1",
    '"irq=%u is_managed=%d can_reserve=%d reserve=%d", REC->irq, REC->is_managed, REC->can_reserve, REC->reserve',
  ],
  vector_activate: [
    140,
    "unsigned int irq 8 4; bool is_managed 12 1; bool can_reserve 13 1; bool reserve 14 1",
    '"irq=%u is_managed=%d can_reserve=%d reserve=%d", REC->irq, REC->is_managed, REC->can_reserve, REC->reserve',
  ],
  vector_alloc_managed: [
    141,
    "unsigned int irq 8 4; unsigned int vector 12 4; int ret 16 4s",
    '"irq=%u vector=%u ret=%d", REC->irq, REC->vector, REC->ret',
  ],
  vector_alloc: [
    142,
    "unsigned int irq 8 4; unsigned int vector 12 4; bool reserved 16 1; int ret 20 4s",
    '"irq=%u vector=%u reserved=%d ret=%d", REC->irq, REC->vector, REC->reserved, REC->ret',
  ],
  vector_reserve: [143, "unsigned int irq 8 4; int ret 12 4s", '"irq=%u ret=%d", REC->irq, REC->ret'],
  vector_reserve_managed: [144, "unsigned int irq 8 4; int ret 12 4s", '"irq=%u ret=%d", REC->irq, REC->ret'],
  vector_clear: [
    145,
    "unsigned int irq 8 4; unsigned int vector 12 4; unsigned int cpu 16 4; unsigned int prev_vector 20 4; unsigned int prev_cpu 24 4",
    '"irq=%u vector=%u cpu=%u prev_vector=%u prev_cpu=%u", REC->irq, REC->vector, REC->cpu, REC->prev_vector, REC->prev_cpu',
  ],
  vector_update: [
    146,
    "unsigned int irq 8 4; unsigned int vector 12 4; unsigned int cpu 16 4; unsigned int prev_vector 20 4; unsigned int prev_cpu 24 4",
    '"irq=%u vector=%u cpu=%u prev_vector=%u prev_cpu=%u", REC->irq, REC->vector, REC->cpu, REC->prev_vector, REC->prev_cpu',
  ],
  vector_config: [
    147,
    "unsigned int irq 8 4; unsigned int vector 12 4; unsigned int cpu 16 4; unsigned int apicdest 20 4",
    '"irq=%u vector=%u cpu=%u apicdest=0x%08x", REC->irq, REC->vector, REC->cpu, REC->apicdest',
  ],
  thermal_apic_exit: [148, "int vector 8 4s", '"vector=%d", REC->vector'],
  thermal_apic_entry: [149, "int vector 8 4s", '"vector=%d", REC->vector'],
  call_function_single_exit: [150, "int vector 8 4s", '"vector=%d", REC->vector'],
  call_function_single_entry: [151, "int vector 8 4s", '"vector=%d", REC->vector'],
  call_function_exit: [152, "int vector 8 4s", '"vector=%d", REC->vector'],
  call_function_entry: [153, "int vector 8 4s", '"vector=%d", REC->vector'],
  reschedule_exit: [154, "int vector 8 4s", '"vector=%d", REC->vector'],
  reschedule_entry: [155, "int vector 8 4s", '"vector=%d", REC->vector'],
  irq_work_exit: [156, "int vector 8 4s", '"vector=%d", REC->vector'],
  irq_work_entry: [157, "int vector 8 4s", '"vector=%d", REC->vector'],
  x86_platform_ipi_exit: [158, "int vector 8 4s", '"vector=%d", REC->vector'],
  x86_platform_ipi_entry: [159, "int vector 8 4s", '"vector=%d", REC->vector'],
  error_apic_exit: [160, "int vector 8 4s", '"vector=%d", REC->vector'],
  error_apic_entry: [161, "int vector 8 4s", '"vector=%d", REC->vector'],
  spurious_apic_exit: [162, "int vector 8 4s", '"vector=%d", REC->vector'],
  spurious_apic_entry: [163, "int vector 8 4s", '"vector=%d", REC->vector'],
  local_timer_exit: [164, "int vector 8 4s", '"vector=%d", REC->vector'],
  local_timer_entry: [165, "int vector 8 4s", '"vector=%d", REC->vector'],
} as const satisfies EventRows;
