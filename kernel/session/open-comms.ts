import type { CommTransfer } from "../runtime/messages.ts";
import type { JsonObject } from "../wire/message.ts";

/** Which comms are open, as `comm_info_reply` tells a front end that connects later. */
export class OpenComms {
  readonly #targets = new Map<string, string>();

  /** Follows a message, whichever way it goes. */
  note({ event, id, target = "" }: Pick<CommTransfer, "event" | "id" | "target">): void {
    if (event === "open") this.#targets.set(id, target);
    else if (event === "close") this.#targets.delete(id);
  }

  /** The content of the reply: of one target, or of all. */
  info(target: string | undefined): JsonObject {
    const wanted = [...this.#targets].filter(([, name]) => target === undefined || name === target);
    return Object.fromEntries(wanted.map(([id, name]) => [id, { target_name: name }]));
  }

  /** Forgets all, for their process is gone; the ids that front ends must be told of. */
  clear(): string[] {
    const ids = [...this.#targets.keys()];
    this.#targets.clear();
    return ids;
  }
}
