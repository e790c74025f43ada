import { randomUUID } from "node:crypto";
import type { JsonObject } from "../wire/message.ts";
import { type CellRun, currentRun, inCell } from "./cell-run.ts";
import { reportError } from "./error-report.ts";
import type { CommTransfer, FromChild } from "./messages.ts";

/** What travels over a comm: JSON, and bytes beside it that need no base64 on the wire. */
export interface CommMessage {
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly buffers: readonly Uint8Array[];
}

/** The parts of a message that may be left out. */
export interface CommExtras {
  readonly metadata?: JsonObject;
  readonly buffers?: readonly Uint8Array[];
}

/**
 * One end of a channel between a cell and a front end; the other is JavaScript in the browser that knows the target's name.
 * What `onMessage` prints or throws shows in the cell that opened the comm.
 *
 * @see https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages
 */
export class Comm {
  readonly id: string;
  readonly target: string;
  onMessage: ((message: CommMessage) => void) | undefined;
  onClose: ((message: CommMessage) => void) | undefined;
  readonly #owner: Comms;
  /** The cell that its outputs belong to. */
  readonly run: CellRun = currentRun();

  /** Use {@link Comms.open}. */
  constructor(owner: Comms, id: string, target: string) {
    this.#owner = owner;
    this.id = id;
    this.target = target;
  }

  send(data: JsonObject, extras: CommExtras = {}): void {
    this.#owner.transfer("message", this, data, extras);
  }

  close(data: JsonObject = {}): void {
    this.#owner.forget(this);
    this.#owner.transfer("close", this, data, {});
  }
}

type OnOpen = (comm: Comm, message: CommMessage) => void;

/** All comms of this process. */
export class Comms {
  readonly #open = new Map<string, Comm>();
  readonly #targets = new Map<string, { readonly onOpen: OnOpen; readonly run: CellRun }>();
  #emit: (message: FromChild) => void = () => undefined;

  /** Where messages go; before it they go nowhere. */
  connect(emit: (message: FromChild) => void): void {
    this.#emit = emit;
  }

  /** Opens a comm to what a front end has registered as `target`. */
  open(target: string, data: JsonObject, extras: CommExtras & { readonly id?: string } = {}): Comm {
    const comm = new Comm(this, extras.id ?? randomUUID(), target);
    this.#open.set(comm.id, comm);
    this.transfer("open", comm, data, extras);
    return comm;
  }

  /** Takes the comms that front ends open to `target`. */
  register(target: string, onOpen: OnOpen): void {
    this.#targets.set(target, { onOpen, run: currentRun() });
  }

  /** A message of a front end. One for a comm that is not there is answered by closing it, as the protocol asks. */
  receive({ event, id, target = "", data, metadata, buffers }: CommTransfer): void {
    const message: CommMessage = { data, metadata, buffers: buffers.map((text) => Buffer.from(text, "base64")) };
    if (event === "open") {
      const registered = this.#targets.get(target);
      const comm = new Comm(this, id, target);
      if (registered === undefined) {
        this.transfer("close", comm, {}, {});
        return;
      }
      this.#open.set(id, comm);
      this.#call(registered.run, () => registered.onOpen(comm, message));
      return;
    }
    const comm = this.#open.get(id);
    if (comm === undefined) return;
    if (event === "close") this.#open.delete(id);
    const handler = event === "close" ? comm.onClose : comm.onMessage;
    if (handler) this.#call(comm.run, () => handler(message));
  }

  transfer(
    event: CommTransfer["event"],
    comm: Comm,
    data: JsonObject,
    { metadata = {}, buffers = [] }: CommExtras,
  ): void {
    this.#emit({
      type: "comm",
      cell: comm.run.cell,
      event,
      id: comm.id,
      ...(event === "open" && { target: comm.target }),
      data,
      metadata,
      buffers: buffers.map((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64")),
    });
  }

  forget(comm: Comm): void {
    this.#open.delete(comm.id);
  }

  /** A handler is a cell's code: what it throws is shown in that cell, and nothing else stops. */
  #call(run: CellRun, handler: () => unknown): void {
    const fail = (error: unknown): void =>
      this.#emit({ type: "error", cell: run.cell, error: reportError(error), late: true });
    inCell(run, async () => {
      try {
        await handler();
      } catch (error) {
        fail(error);
      }
    });
  }
}

/** The comms of this process: one set, whoever imports this module. */
export const comms: Comms = new Comms();
