import type { ErrorOutput, FromChild, StreamName } from "../runtime/messages.ts";
import type { Header, JsonObject, MessageExtras } from "../wire/message.ts";
import { OutputBatcher } from "./output-batcher.ts";

/** Publishes a message on iopub as the child of a request. */
export type Publish = (type: string, parent: Header | undefined, content: object, extras?: MessageExtras) => void;

/** Messages of the child that are output of a cell. */
export type OutputMessage = Extract<
  FromChild,
  { type: "stream" | "display" | "update" | "clear" | "result" | "error" | "comm" }
>;

/** What is known of a cell whose output may still come. */
interface OutputCell {
  readonly parent: Header;
  readonly count: number;
  /** Silent cells publish no result. */
  readonly silent: boolean;
}

/** Text that one cell may write, in characters: beyond it front ends and notebook files stop being usable. */
export const TEXT_LIMIT = 32 << 20;

/** Cells whose late output still finds its way to them; older ones are forgotten. */
const REMEMBERED_CELLS = 10_000;

const CUT_NOTE = `
[bpfbook: the cell has written ${TEXT_LIMIT >> 20} million characters; what it writes from here on is not shown. Write to a file instead.]
`;

/** The way of outputs to iopub: each to the request whose cell made it, in order, streams batched. */
export class Outputs {
  readonly #publish: Publish;
  readonly #cells = new Map<string, OutputCell & { written: number }>();
  readonly #batcher: OutputBatcher;
  /** Owner of output that no cell can be named for. */
  #latest = "";
  #events = 0;

  constructor(publish: Publish) {
    this.#publish = publish;
    this.#batcher = new OutputBatcher((cell, name, text) =>
      this.#publish("stream", this.#cells.get(cell)?.parent, { name, text }),
    );
  }

  /** From now on there may be output of this cell. */
  open(cell: string, owner: OutputCell): void {
    this.openForParent(cell, owner);
    this.#latest = cell;
  }

  /** The same for a cell that the parent answers: output of the child that no cell can be named for is none of it. */
  openForParent(cell: string, owner: OutputCell): void {
    this.#cells.set(cell, { ...owner, written: 0 });
    if (this.#cells.size <= REMEMBERED_CELLS) return;
    for (const oldest of this.#cells.keys()) {
      this.#cells.delete(oldest);
      break;
    }
  }

  /** Publishes an output of the child, after the text that was written before it. */
  handle(message: OutputMessage): void {
    if (message.type === "stream") {
      this.#write(message.cell, message.name, message.text);
      return;
    }
    this.flush();
    const owner = this.#cells.get(message.cell);
    // Silent cells have no results.
    if (message.type === "result" && owner?.silent !== false) return;
    const { type, content, extras } = jupyterMessage(message, owner);
    this.#publish(type, owner?.parent, content, extras);
  }

  /** Text that came past Node; it belongs to the cell that was started last. */
  handleRaw(name: StreamName, text: string): void {
    this.#write(this.#latest, name, text);
  }

  /** Endless output is cut, once, and says so. */
  #write(cell: string, name: StreamName, text: string): void {
    const owner = this.#cells.get(cell);
    const written = owner?.written ?? 0;
    if (owner) owner.written += text.length;
    if (written >= TEXT_LIMIT) return;
    const left = TEXT_LIMIT - written;
    this.#batcher.write(cell, name, text.length <= left ? text : text.slice(0, left) + CUT_NOTE);
  }

  /** An error that the kernel itself found. */
  error(cell: string, error: ErrorOutput): void {
    this.handle({ type: "error", cell, error, late: false });
  }

  /** Tells front ends what the debugger says, in order with the output before it. */
  debugEvent(cell: string, event: string, body: JsonObject): void {
    this.flush();
    const content = { type: "event", seq: ++this.#events, event, body };
    this.#publish("debug_event", this.#cells.get(cell)?.parent, content);
  }

  /** Sends what waits to be sent; nothing else may be published before. */
  flush(): void {
    this.#batcher.flush();
  }
}

/** The message of the protocol that an output becomes. */
function jupyterMessage(
  message: Exclude<OutputMessage, { type: "stream" }>,
  owner: OutputCell | undefined,
): { type: string; content: object; extras?: MessageExtras } {
  switch (message.type) {
    case "display":
      return { type: "display_data", content: { ...bundleContent(message.data, message.id), ...metadataOf(message) } };
    case "update":
      return { type: "update_display_data", content: bundleContent(message.data, message.id) };
    case "result":
      return {
        type: "execute_result",
        content: { execution_count: owner?.count ?? 0, ...bundleContent(message.data, message.id) },
      };
    case "clear":
      return { type: "clear_output", content: { wait: message.wait } };
    case "error":
      return { type: "error", content: message.error };
    case "comm": {
      const { event, id, target, data, metadata } = message;
      const buffers = message.buffers.map((text) => Buffer.from(text, "base64"));
      return {
        type: event === "message" ? "comm_msg" : `comm_${event}`,
        content: { comm_id: id, ...(event === "open" && { target_name: target }), data },
        extras: { metadata, buffers },
      };
    }
  }
}

function metadataOf({ metadata }: Extract<OutputMessage, { type: "display" }>): object {
  return metadata === undefined ? {} : { metadata };
}

function bundleContent(data: JsonObject, id: string | undefined): JsonObject {
  return { data, metadata: {}, transient: id === undefined ? {} : { display_id: id } };
}
