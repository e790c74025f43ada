/** A name server: answers questions for A and AAAA with addresses that follow from the name. */

const HEADER = 12;
const TYPE_A = 1;
const TYPE_AAAA = 28;
const SECONDS = 300;

/** Names that end in `.invalid` do not exist (RFC 2606). */
const NXDOMAIN = 3;

/** The answer to a question, or nothing for what is none. */
export function dnsService(query: Uint8Array): Uint8Array | undefined {
  if (query.length < HEADER + 5 || query[2]! & 0x80) return undefined;
  let end = HEADER;
  const labels: string[] = [];
  while (end < query.length && query[end] !== 0) {
    const size = query[end]!;
    labels.push(new TextDecoder().decode(query.subarray(end + 1, end + 1 + size)));
    end += size + 1;
  }
  end += 5;
  if (end > query.length) return undefined;
  const type = (query[end - 4]! << 8) | query[end - 3]!;
  const exists = labels.at(-1) !== "invalid";
  const address = exists ? addressOf(labels.join("."), type) : undefined;
  const record = address === undefined ? 0 : 12 + address.length;
  const answer = new Uint8Array(end + record);
  answer.set(query.subarray(0, end));
  // An answer, recursion available, and how it went.
  answer.set([0x81, 0x80 | (exists ? 0 : NXDOMAIN), 0, 1, 0, address ? 1 : 0, 0, 0, 0, 0], 2);
  if (address !== undefined) {
    answer.set([0xc0, HEADER, type >> 8, type, 0, 1, 0, 0, SECONDS >> 8, SECONDS & 0xff, 0, address.length], end);
    answer.set(address, end + 12);
  }
  return answer;
}

/** 203.0.113.x or 2001:db8::x: addresses for documentation. */
function addressOf(name: string, type: number): Uint8Array | undefined {
  let hash = 7;
  for (const letter of name.toLowerCase()) hash = (hash * 31 + letter.charCodeAt(0)) & 0xffff;
  if (type === TYPE_A) return Uint8Array.of(203, 0, 113, (hash % 254) + 1);
  if (type !== TYPE_AAAA) return undefined;
  const address = new Uint8Array(16);
  address.set([0x20, 0x01, 0x0d, 0xb8]);
  address.set([hash >> 8, hash], 14);
  return address;
}
