import type { KernelText } from "./row.ts";

/** Entry of interrupts, and softirqs. */
export const INTERRUPTS_TEXT = {
  asm_sysvec_apic_timer_interrupt: [0xdf0, 32, 22],
  sysvec_apic_timer_interrupt: [0x11eeff0, 128, 101],
  __sysvec_apic_timer_interrupt: [0x327fb0, 272, 84],
  irqentry_exit_to_user_mode: [0x11f03e0, 416, 272],
  asm_common_interrupt: [0xd40, 64, 34],
  common_interrupt: [0x11ede90, 160, 121],
  __common_interrupt: [0x2ff5c0, 224, 67],
  handle_edge_irq: [0x3ef180, 432, 211],
  handle_irq_event: [0x3e98c0, 128, 55],
  __handle_irq_event_percpu: [0x3e9640, 528, 84],
  __irq_exit_rcu: [0x360230, 176, 142],
  handle_softirqs: [0x35ffa0, 640, 205],
} as const satisfies KernelText;
