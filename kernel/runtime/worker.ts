/**
 * The child's second thread. It writes output to the pipe and ends cells that the main thread cannot end itself, so it
 * works while the main thread spins. When the parent is gone it ends the child, whatever a cell is doing.
 */
import { writeSync } from "node:fs";
import inspector from "node:inspector";
import { Socket } from "node:net";
import { workerData } from "node:worker_threads";
import { FrameReader } from "./frames.ts";
import { FD, type Interrupt } from "./messages.ts";
import { RingConsumer } from "./ring.ts";
import { ACKNOWLEDGED, type WorkerData } from "./worker-link.ts";

/** Output is written at once, then at most this often (in ms), so that many short lines become few writes. */
const WRITE_PAUSE = 2;
/** How long a main thread that is only busy may take to answer, in ms; then it counts as spinning. */
const ANSWER_TIME = 4;

const { ring, control } = workerData as WorkerData;
const acknowledged = new Int32Array(control);
const main = new inspector.Session();
main.connectToMainThread();

const commands = new FrameReader<Interrupt>();
const socket = new Socket({ fd: FD.worker, readable: true, writable: false });
socket.on("data", (bytes) => {
  for (const command of commands.read(bytes)) unwind(command);
});
socket.on("close", endChild);
void pump(new RingConsumer(ring));

/** Unwinds what the main thread runs until it has acknowledged an interrupt. */
function unwind({ number }: Interrupt): void {
  const retry = (): void => {
    const seen = Atomics.load(acknowledged, ACKNOWLEDGED);
    if (seen >= number) return;
    if (Atomics.wait(acknowledged, ACKNOWLEDGED, seen, ANSWER_TIME) === "timed-out") {
      main.post("Runtime.terminateExecution");
    }
    setTimeout(retry, ANSWER_TIME);
  };
  retry();
}

async function pump(consumer: RingConsumer): Promise<void> {
  for (;;) {
    await consumer.wait();
    while (consumer.take(writeAll)) sleep(WRITE_PAUSE);
  }
}

function writeAll(bytes: Buffer): void {
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(FD.out, bytes, from);
    } catch (error) {
      // A pipe that some code has made non-blocking is full: try again. Any other fault means that nobody reads.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") endChild();
      sleep(1);
    }
  }
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Ends the process and the programs that cells started (the child leads a process group of its own). */
function endChild(): void {
  if (process.platform !== "win32") process.kill(-process.pid, "SIGKILL");
  process.kill(process.pid, "SIGKILL");
}
