import type { Header, JsonObject, Message } from "./message.ts";
import type { SignatureFault, Signer } from "./signing.ts";

/** Separates ZeroMQ's routing frames from the message. */
const DELIMITER = Buffer.from("<IDS|MSG>");

/** Frames that are no message for us, and why; such a message is dropped and never answered. */
export interface Rejected {
  readonly rejected: "malformed" | SignatureFault;
  readonly detail: string;
}

/**
 * The frames of one message: identities, delimiter, signature, header, parent header, metadata, content, buffers.
 *
 * @example
 * ```ts
 * await socket.send(encodeMessage(message, signer));
 * ```
 */
export function encodeMessage(message: Message<object>, signer: Signer): Buffer[] {
  const signed = [message.header, message.parent ?? {}, message.metadata, message.content].map((part) =>
    Buffer.from(JSON.stringify(part)),
  );
  return [...message.identities, DELIMITER, Buffer.from(signer.sign(signed)), ...signed, ...message.buffers];
}

/**
 * Reads the frames of one message. Never throws: whoever can reach the port can send anything.
 * The signature is verified before a byte of JSON is parsed.
 */
export function decodeMessage(frames: readonly Buffer[], signer: Signer): Message | Rejected {
  const at = frames.findIndex((frame) => frame.equals(DELIMITER));
  if (at < 0) return { rejected: "malformed", detail: "no delimiter" };
  const [signature, ...signed] = frames.slice(at + 1, at + 6);
  if (signature === undefined || signed.length < 4) return { rejected: "malformed", detail: "too few frames" };
  const fault = signer.verify(signed, signature.toString("latin1"));
  if (fault) return { rejected: fault, detail: "the signature does not hold" };
  try {
    const [header, parent, metadata, content] = signed.map(parseObject);
    if (!isHeader(header!)) return { rejected: "malformed", detail: "the header lacks msg_id, msg_type or session" };
    return {
      identities: frames.slice(0, at),
      header,
      parent: isHeader(parent!) ? parent : undefined,
      metadata: metadata!,
      content: content!,
      buffers: frames.slice(at + 6),
    };
  } catch (error) {
    return { rejected: "malformed", detail: String(error) };
  }
}

/** Whether {@link decodeMessage} refused the frames. */
export function isRejected(result: Message | Rejected): result is Rejected {
  return "rejected" in result;
}

function parseObject(frame: Buffer): JsonObject {
  const value: unknown = JSON.parse(frame.toString("utf8"));
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("not a JSON object");
  return value as JsonObject;
}

function isHeader(value: JsonObject): value is JsonObject & Header {
  return ["msg_id", "msg_type", "session"].every((field) => typeof value[field] === "string");
}
