import type { ErrorOutput, FromChild, StreamName } from "../runtime/messages.ts";
import type { Header, JsonObject } from "../wire/message.ts";
import { OutputBatcher } from "./output-batcher.ts";

/** Publishes a message on iopub as the child of a request. */
export type Publish = (type: string, parent: Header | undefined, content: object) => void;

/** Messages of the child that are output of a cell. */
export type OutputMessage = Extract<
  FromChild,
  { type: "stream" | "display" | "update" | "clear" | "result" | "error" }
>;

/** What is known of a cell whose output may still come. */
interface OutputCell {
  readonly parent: Header;
  readonly count: number;
  /** Silent cells publish no result. */
  readonly silent: boolean;
}

/** Cells whose late output still finds its way to them; older ones are forgotten. */
const REMEMBERED_CELLS = 10_000;

/** The way of outputs to iopub: each to the request whose cell made it, in order, streams batched. */
export class Outputs {
  readonly #publish: Publish;
  readonly #cells = new Map<string, OutputCell>();
  readonly #batcher: OutputBatcher;
  /** Owner of output that no cell can be named for. */
  #latest = "";

  constructor(publish: Publish) {
    this.#publish = publish;
    this.#batcher = new OutputBatcher((cell, name, text) =>
      this.#publish("stream", this.#cells.get(cell)?.parent, { name, text }),
    );
  }

  /** From now on there may be output of this cell. */
  open(cell: string, owner: OutputCell): void {
    this.#cells.set(cell, owner);
    this.#latest = cell;
    if (this.#cells.size <= REMEMBERED_CELLS) return;
    for (const oldest of this.#cells.keys()) {
      this.#cells.delete(oldest);
      break;
    }
  }

  /** Publishes an output of the child. */
  handle(message: OutputMessage): void {
    if (message.type === "stream") {
      this.#batcher.write(message.cell, message.name, message.text);
      return;
    }
    this.flush();
    const owner = this.#cells.get(message.cell);
    switch (message.type) {
      case "display":
        return this.#send("display_data", owner, bundleContent(message.data, message.id));
      case "update":
        return this.#send("update_display_data", owner, bundleContent(message.data, message.id));
      case "result": {
        if (owner === undefined || owner.silent) return;
        const content = { execution_count: owner.count, ...bundleContent(message.data, message.id) };
        return this.#send("execute_result", owner, content);
      }
      case "clear":
        return this.#send("clear_output", owner, { wait: message.wait });
      case "error":
        return this.#send("error", owner, message.error);
    }
  }

  /** Text that came past Node; it belongs to the cell that was started last. */
  handleRaw(name: StreamName, text: string): void {
    this.#batcher.write(this.#latest, name, text);
  }

  /** An error that the kernel itself found. */
  error(cell: string, error: ErrorOutput): void {
    this.handle({ type: "error", cell, error, late: false });
  }

  /** Sends what waits to be sent; nothing else may be published before. */
  flush(): void {
    this.#batcher.flush();
  }

  #send(type: string, owner: OutputCell | undefined, content: object): void {
    this.#publish(type, owner?.parent, content);
  }
}

function bundleContent(data: JsonObject, id: string | undefined): JsonObject {
  return { data, metadata: {}, transient: id === undefined ? {} : { display_id: id } };
}
