import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { GradeError } from "../error.ts";

/** What a server says to who asked for something that cannot be. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  /** Seconds after which it may be tried again. */
  readonly retryAfter: number | undefined;

  constructor(status: number, message: string, retryAfter?: number) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** The body, at most `most` bytes: more are not read. Throws `HttpError` 413. */
export async function readBody(request: IncomingMessage, most: number): Promise<Uint8Array> {
  const tooLarge = (): never => {
    throw new HttpError(413, `at most ${most} bytes`);
  };
  if (Number(request.headers["content-length"] ?? 0) > most) return tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > most) return tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A person's browser sends a password, a program a token; both are the same text. */
export interface Credentials {
  readonly scheme: "bearer" | "basic";
  readonly token: string;
}

/** What the header `Authorization` holds. */
export function credentialsOf(header: string | undefined): Credentials | undefined {
  const [, kind = "", value = ""] = /^(Bearer|Basic) +([A-Za-z0-9._~+/=-]{1,1024})$/i.exec(header ?? "") ?? [];
  if (kind.toLowerCase() === "bearer") return { scheme: "bearer", token: value };
  if (kind === "") return undefined;
  const text = Buffer.from(value, "base64").toString("utf8");
  return { scheme: "basic", token: text.slice(text.indexOf(":") + 1) };
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function sameSecret(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

const HEADERS = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
} as const;

/** Answers, with the headers that every answer has. */
export function answer(
  response: ServerResponse,
  status: number,
  body: string,
  { type = "application/json", headers = {} }: { type?: string; headers?: Readonly<Record<string, string>> } = {},
): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": `${type}; charset=utf-8`, ...headers }).end(body);
}

/** An error as an answer: one line, and no stack. What nobody foresaw is 503: nothing was done, and it may be tried again. */
export function answerError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const [status, message, retryAfter] =
    error instanceof HttpError
      ? [error.status, error.message, error.retryAfter]
      : error instanceof GradeError
        ? [error.code === "too-large" ? 413 : 422, error.message, undefined]
        : [503, "the queue cannot be reached", 2];
  const headers: Record<string, string> = retryAfter === undefined ? {} : { "Retry-After": String(retryAfter) };
  if (status === 401) headers["WWW-Authenticate"] = 'Basic realm="bpfbook grading", charset="UTF-8"';
  if (status === 413) headers["Connection"] = "close"; // what was not read stays unread
  answer(response, status, `${JSON.stringify({ error: message })}\n`, { headers });
}
