/**
 * The child's second thread. It writes output to the pipe and ends cells that the main thread cannot end itself, so it
 * works while the main thread spins. When the parent is gone it ends the child, whatever a cell is doing.
 */
import { writeSync } from "node:fs";
import inspector from "node:inspector";
import { Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { workerData } from "node:worker_threads";
import { encodeFrame, FrameReader } from "./frames.ts";
import {
  FD,
  type InspectorEvent,
  type InspectorReply,
  type InspectorRequest,
  type Interrupt,
  SEND_AGAIN,
} from "./messages.ts";
import { RingConsumer } from "./ring.ts";
import { Unwinding } from "./unwinding.ts";
import type { WorkerData } from "./worker-link.ts";

/** Output is written at once; what follows closely is, after a few writes (a result, then the end of its cell), */
const WRITES_AT_ONCE = 4;
/** written at most this often (in ms), so that many short lines become few writes, */
const WRITE_PAUSE = 2;
/** until nothing was written for so long (in ms). */
const QUIET_TIME = 10;
/** How long a main thread that is only busy may take to answer, in ms; then it counts as spinning. */
const ANSWER_TIME = 4;
/** The same once something was unwound: longer than the parent waits before it sends the interrupt again. */
const NEXT_ANSWER_TIME = 4 * SEND_AGAIN;

const memory = workerData as WorkerData;
const unwinding = new Unwinding(memory.unwinding);
const main = new inspector.Session();
main.connectToMainThread();

const output = new RingConsumer(memory.ring);

/** While debugging: the main thread stands at a breakpoint. */
let paused = false;
/** While debugging: scripts by V8's ids. The frames of cells carry no name themselves. */
const scripts = new Map<string, string>();
main.on("inspectorNotification", ({ method, params }: inspector.InspectorNotification<object>) => {
  switch (method) {
    case "Debugger.scriptParsed": {
      const { scriptId, url } = params as inspector.Debugger.ScriptParsedEventDataType;
      scripts.set(scriptId, url);
      return;
    }
    case "Debugger.paused": {
      paused = true;
      const stop = params as inspector.Debugger.PausedEventDataType;
      const callFrames = stop.callFrames.map((frame) => ({
        ...frame,
        url: scripts.get(frame.location.scriptId) ?? "",
      }));
      send({ type: "inspector-event", method, params: { ...stop, callFrames } });
      return;
    }
    case "Debugger.resumed":
      paused = false;
      send({ type: "inspector-event", method, params: {} });
  }
});

const commands = new FrameReader<Interrupt | InspectorRequest>();
const socket = new Socket({ fd: FD.worker, readable: true, writable: false });
socket.on("data", (bytes) => {
  for (const command of commands.read(bytes)) {
    if (command.type === "inspect") inspect(command);
    else void unwind(command);
  }
});
socket.on("close", endChild);
void pump(output);

function inspect({ id, method, params }: InspectorRequest): void {
  main.post(method, params, (error, result) => {
    send({ type: "inspected", id, ...(error ? { error: error.message } : { result: result as object }) });
  });
}

/** What the main thread wrote before goes before it. */
function send(message: InspectorReply | InspectorEvent): void {
  while (output.take(writeAll));
  writeAll(Buffer.from(encodeFrame(message)));
}

/** Unwinds what the main thread runs until it has answered an interrupt. */
async function unwind({ number }: Interrupt): Promise<void> {
  // A cell's own slice ends by itself or never: there is nothing to wait for.
  for (let time = unwinding.inSlice ? 0 : ANSWER_TIME; ; time = NEXT_ANSWER_TIME) {
    if (time > 0) await pause(time);
    if (unwinding.isAnswered(number)) return;
    if (!unwinding.begin(number)) continue;
    // V8 answers when the termination has ended something: a main thread that is idle meets it at its next callback.
    const ended = new Promise((resolve) => main.post("Runtime.terminateExecution", resolve));
    if (paused) main.post("Debugger.resume");
    await ended;
    unwinding.end();
  }
}

async function pump(consumer: RingConsumer): Promise<void> {
  let [writes, last] = [0, 0];
  for (;;) {
    await consumer.wait();
    while (consumer.take(writeAll)) {
      const now = performance.now();
      writes = now - last > QUIET_TIME ? 1 : writes + 1;
      last = now;
      // Not a pause that blocks: under a flood of output this thread must still hear of an interrupt.
      await (writes < WRITES_AT_ONCE ? nextTurn() : pause(WRITE_PAUSE));
    }
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
  try {
    if (process.platform !== "win32") process.kill(-process.pid, "SIGKILL");
  } catch {
    // In a sandbox with process ids of its own, who started it leads the group.
  }
  process.kill(process.pid, "SIGKILL");
}
