import type { KernelText } from "./row.ts";

/** Drivers of the machine's devices: virtio disk and network, tty, null. */
export const DRIVERS_TEXT = {
  vring_interrupt: [0xce3910, 160, 90],
  virtblk_done: [0xd700d0, 240, 121],
  vp_interrupt: [0xceb860, 176, 89],
  virtblk_complete_batch: [0xd704b0, 128, 65],
  virtnet_poll: [0xdc7120, 3744, 1873],
  virtio_queue_rq: [0xd716b0, 432, 239],
  virtio_queue_rqs: [0xd71510, 400, 201],
  vp_notify: [0xcec160, 32, 18],
  write_null: [0xd306c0, 16, 9],
  read_null: [0xd306a0, 16, 9],
  tty_read: [0xcf4470, 528, 265],
  tty_write: [0xcf65c0, 16, 9],
  read_iter_zero: [0xd30a20, 272, 137],
  tty_ioctl: [0xcf55e0, 2432, 1217],
} as const satisfies KernelText;
