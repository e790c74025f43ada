import type { UserStrings } from "../strings.ts";

/** Named values that calls with registers worth looking at use. */
const NAMED: Readonly<Record<string, number>> = {
  NULL: 0,
  AT_FDCWD: 0xffff_ff9c,
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NOCTTY: 0o400,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_NONBLOCK: 0o4000,
  O_DIRECTORY: 0o200000,
  O_NOFOLLOW: 0o400000,
  O_CLOEXEC: 0o2000000,
  O_PATH: 0o10000000,
};

/** Where structures and buffers lie, whose content a log does not have. */
const SOMEWHERE = 0x7ffd_5c3a_1000;

/** Bytes of a string that the machine keeps, Linux's PATH_MAX: a log made with `strace -s` may hold whole files. */
const LONGEST_STRING = 4096;

/** One escape, or a run of bytes without any. */
const PIECE = /\\x([0-9a-f]{2})|\\([0-7]{1,3})|\\(.)|[^"\\]{1,4096}/sy;

/**
 * The text of a string argument without its quotes and escapes, at most 4096 bytes of it; undefined if it is none.
 *
 * @example
 * unquote('"a\\tb\\303\\251"') // "a\tbé"
 */
export function unquote(text: string): string | undefined {
  if (!text.startsWith('"')) return undefined;
  const bytes: number[] = [];
  let at = 1;
  while (bytes.length <= LONGEST_STRING) {
    PIECE.lastIndex = at;
    const match = PIECE.exec(text);
    if (match === null) return /^"(?:\.\.\.)?$/.test(text.slice(at)) ? decode(bytes) : undefined;
    at = PIECE.lastIndex;
    const [piece, hex, octal, letter] = match;
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0));
    else for (const byte of new TextEncoder().encode(piece)) bytes.push(byte);
  }
  // As a stream: a character that the cut has split is left out.
  return new TextDecoder().decode(new Uint8Array(bytes.slice(0, LONGEST_STRING)), { stream: true });
}

function decode(bytes: readonly number[]): string {
  return new TextDecoder().decode(new Uint8Array(bytes));
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12, a: 7, b: 8 };

/** A register's value from what strace printed: numbers, flags, pointers to strings; elsewhere some address. */
export function register(text: string, strings: UserStrings): number {
  if (/^[[{]/.test(text)) return SOMEWHERE;
  if (text.startsWith('"')) {
    const string = unquote(text);
    return string === undefined ? SOMEWHERE : strings.address(string);
  }
  // No number and no set of flags is that long.
  if (text.length > LONGEST_STRING) return 0;
  const plain = text.replace(/<[^>]*>$/, "").replace(/\s*\/\*.*\*\/$/, "");
  if (/^-?\d+$/.test(plain) || /^0x[0-9a-f]+$/.test(plain)) {
    return /^0[0-7]+$/.test(plain) ? Number.parseInt(plain, 8) : unsigned(Number(plain));
  }
  const flags = plain.split("|").map((flag) => (/^0[0-7]*$/.test(flag) ? Number.parseInt(flag, 8) : NAMED[flag]));
  return flags.every((flag) => flag !== undefined) ? flags.reduce((all, flag) => all + flag, 0) : 0;
}

/** An int -1 travels in a 32-bit register: its upper half is zero. */
function unsigned(value: number): number {
  return value < 0 && value >= -(2 ** 31) ? value + 2 ** 32 : value;
}
