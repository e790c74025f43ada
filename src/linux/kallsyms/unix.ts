import type { KernelText } from "./row.ts";

/** Sockets within the machine, and waiting for several files at once. */
export const UNIX_TEXT = {
  unix_create: [0x10c4910, 192, 97],
  unix_stream_connect: [0x10c7e70, 1920, 961],
  unix_accept: [0x10c2840, 416, 209],
  unix_bind: [0x10c67c0, 1616, 809],
  unix_listen: [0x10c4260, 448, 225],
  unix_stream_sendmsg: [0x10c6e20, 1776, 889],
  unix_stream_recvmsg: [0x10c6420, 160, 81],
  unix_stream_read_generic: [0x10c56c0, 3216, 1609],
  unix_stream_read_actor: [0x10c1f20, 48, 25],
  unix_release_sock: [0x10c4f80, 1152, 577],
  do_epoll_wait: [0x72cb70, 1440, 1352],
  ep_poll_callback: [0x72c8b0, 688, 345],
  do_epoll_ctl: [0x72d530, 3760, 1881],
  do_sys_poll: [0x6d7190, 1424, 713],
  sock_poll: [0xe28640, 304, 153],
  tcp_poll: [0x10092d0, 992, 497],
  udp_poll: [0x1044eb0, 144, 73],
  schedule_hrtimeout_range: [0x11fd420, 16, 9],
  schedule_hrtimeout_range_clock: [0x11fd2f0, 288, 145],
  "poll_schedule_timeout.constprop.0": [0x6d5c60, 144, 55],
} as const satisfies KernelText;
