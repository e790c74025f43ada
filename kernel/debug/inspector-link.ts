import type { InspectorReply, InspectorRequest } from "../runtime/messages.ts";

/** V8 refused a request of the inspector's protocol. */
export class InspectorError extends Error {
  override readonly name = "InspectorError";
  readonly code = "inspector";
}

type Send = (request: InspectorRequest) => void;

/**
 * V8's inspector in the child, through its worker: it answers also while the main thread stands at a breakpoint.
 *
 * @see https://chromedevtools.github.io/devtools-protocol/v8/
 */
export class InspectorLink {
  readonly #send: Send;
  readonly #waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  #last = 0;

  constructor(send: Send) {
    this.#send = send;
  }

  post(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    const waiting = Promise.withResolvers<Record<string, unknown>>();
    this.#waiting.set(id, waiting);
    this.#send({ type: "inspect", id, method, params });
    return waiting.promise;
  }

  receive({ id, error, result }: InspectorReply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result as Record<string, unknown>);
    else waiting?.reject(new InspectorError(error));
  }

  /** The child is gone: nobody will answer. */
  reset(): void {
    for (const { reject } of this.#waiting.values()) reject(new InspectorError("the process of the cells has ended"));
    this.#waiting.clear();
  }
}
