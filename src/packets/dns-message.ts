/** DNS messages (RFC 1035) with one question, and answers to it. */
import { ArgumentError } from "../isa/argument.ts";
import { parseIp } from "./address.ts";
import { be16, be32, concat, type IpOptions } from "./headers.ts";
import { DNS_TYPES, type DnsType } from "./names.ts";
import type { Options } from "./options.ts";

export interface DnsOptions extends IpOptions {
  /** The name that is asked for. */
  readonly name: string;
  /** What is asked; default `A`. */
  readonly type?: DnsType;
  /** Number by which the answer is known, 0 to 65535; default 1. */
  readonly id?: number;
  /** Addresses in the answer; with them the message is an answer, and goes from port 53. */
  readonly answers?: readonly string[];
  /** Seconds that answers hold; default 300. */
  readonly answerTtl?: number;
  /** The asker's port; default 40000. */
  readonly port?: number;
}
export const DNS_OPTIONS = ["name", "type", "id", "answers", "answerTtl", "port"] as const;

/** Labels, each behind its length, ended by 0. */
function encodeName(argument: string, name: unknown): Uint8Array {
  const wanted = "a name such as example.com: labels of 1 to 63 bytes, 253 in all";
  if (typeof name !== "string") throw new ArgumentError(argument, wanted, name);
  const labels = name
    .replace(/\.$/, "")
    .split(".")
    .map((label) => new TextEncoder().encode(label));
  const bytes = concat(...labels.flatMap((label) => [Uint8Array.of(label.length), label]), Uint8Array.of(0));
  if (bytes.length > 255 || labels.some((label) => label.length < 1 || label.length > 63))
    throw new ArgumentError(argument, wanted, name);
  return bytes;
}

export function dnsMessage(options: Options): Uint8Array {
  const type = options.choice("type", DNS_TYPES, "A", 0xffff);
  const answers = options.get("answers") ?? [];
  if (!Array.isArray(answers)) throw new ArgumentError(options.path("answers"), 'a list such as ["10.0.0.7"]', answers);
  const isAnswer = options.has("answers");
  const ttl = options.whole("answerTtl", 0x7fff_ffff, 300);
  const records = answers.map((answer, at) => {
    const address = parseIp(`${options.path("answers")}[${at}]`, answer);
    const of = address.length === 4 ? DNS_TYPES.A : DNS_TYPES.AAAA;
    // Its name is the one at byte 12, the question's.
    return Uint8Array.from([0xc0, 12, ...be16(of), 0, 1, ...be32(ttl), ...be16(address.length), ...address]);
  });
  const flags = isAnswer ? 0x8180 : 0x0100;
  const counts = [1, answers.length, 0, 0].flatMap(be16);
  const head = Uint8Array.from([...be16(options.whole("id", 0xffff, 1)), ...be16(flags), ...counts]);
  return concat(
    head,
    encodeName(options.path("name"), options.get("name")),
    Uint8Array.from([...be16(type), 0, 1]),
    ...records,
  );
}
