import { readFile } from "../input.ts";
import { UsageError } from "../usage.ts";

/** The variable that holds a server's token where no file does. */
const VARIABLE = "BPFBOOK_GRADE_TOKEN";
const TOKEN = /^[A-Za-z0-9._~+/=-]{16,1024}$/;

/** A server's token, out of a file or the environment: never a word of the command, which every user could see. Never printed. */
export function readToken(file: string | undefined): string {
  const told = file === undefined ? process.env[VARIABLE] : readFile(file).toString("utf8");
  if (told === undefined) throw new UsageError(`a token is needed: --token-file FILE, or the variable ${VARIABLE}`);
  const token = told.trim();
  if (TOKEN.test(token)) return token;
  const make = "head -c 32 /dev/urandom | base64 > token";
  throw new UsageError(`the token has fewer than 16 letters and digits, or others: ${make}`);
}
