import { O_RDONLY } from "../open.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { ConfiguredWorkload } from "./workload.ts";

const BINARY = "/usr/bin/streamer";
const FILM = "/srv/video/film.ts";
/** Seven packets of an MPEG transport stream: what fits into a datagram. */
const DATAGRAM = 7 * 188;

/** How much is sent, and to how many. */
export interface VideoStreamOptions {
  readonly viewers: number;
  /** Megabits a second for each of them. */
  readonly mbit: number;
  /** Frames a second. */
  readonly fps: number;
}

const PARAMETERS: ParameterTable<VideoStreamOptions> = {
  viewers: { usual: 2, most: 1_000, whole: true },
  mbit: { usual: 6, most: 10_000 },
  fps: { usual: 25, most: 1_000 },
};

/**
 * A film is sent to its viewers as datagrams, a frame's worth at each tick of the clock: read from the hard disk, then
 * `sendto`, in bursts at regular times.
 *
 * To be seen with: `kprobe:udp_sendmsg`, `tracepoint:net:net_dev_queue` and `net_dev_xmit`, `tracepoint:skb:consume_skb`,
 * `tracepoint:syscalls:sys_enter_sendto`, `tracepoint:timer:hrtimer_expire_entry`; histograms of the time between frames
 * show how late it wakes up.
 */
export function videoStream(options: Partial<VideoStreamOptions> = {}): ConfiguredWorkload<VideoStreamOptions> {
  const all = withDefaults("videoStream", PARAMETERS, options);
  return new ConfiguredWorkload("videoStream", all, (linux) => {
    linux.files.create(FILM, 2_000_000_000);
    return linux.process({ comm: "streamer", uid: 1000, gid: 1000, program: (sys) => stream(sys, all) });
  });
}

function* stream(sys: Sys, { viewers, mbit, fps }: VideoStreamOptions): UserCode<void> {
  sys.enter(sys.text(BINARY, "main"));
  const film = yield sys.openat(FILM, O_RDONLY);
  const socket = yield sys.socket(2, 2);
  const frame = Math.max(1, Math.round((mbit * 125_000) / fps));
  const start = sys.now();
  for (let n = 1; ; n++) {
    sys.enter(sys.text(BINARY, "send_frame"));
    const bytes = yield sys.read(film, frame);
    if (bytes <= 0) yield sys.lseek(film, 0, 0);
    for (let viewer = 0; viewer < viewers; viewer++)
      for (let left = bytes; left > 0; left -= DATAGRAM)
        yield sys.sendto(socket, Math.min(left, DATAGRAM), `10.0.0.${100 + (viewer % 100)}`, 5004);
    sys.leave();
    yield sys.nanosleep(Math.max(1, start + Math.round((n * 1e9) / fps) - sys.now()));
  }
}
