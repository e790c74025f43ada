import { GradeError } from "../../error.ts";

/** Where a Redis is and who asks. */
export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  /** `rediss:` */
  readonly tls: boolean;
  readonly database: number;
  readonly user?: string;
  readonly password?: string;
  /** For people: without user and password. */
  readonly shown: string;
}

/**
 * Reads `redis://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE]` or `rediss://...`. A password is better in the variable
 * `REDISCLI_AUTH`, as for redis-cli: what stands on a command line, every user of the machine can read. Throws `GradeError`,
 * whose message never repeats the text.
 *
 * @example redisTarget("redis://127.0.0.1:6379/2").database // 2
 */
export function redisTarget(url: string, password = process.env["REDISCLI_AUTH"]): RedisTarget {
  const wrong = (): never => {
    throw new GradeError("not-a-url", "--redis", "it is no address of a Redis", "redis://127.0.0.1:6379 is one");
  };
  const parsed = URL.parse(url) ?? wrong();
  const tls = parsed.protocol === "rediss:";
  if ((!tls && parsed.protocol !== "redis:") || parsed.hostname === "" || parsed.search !== "") return wrong();
  if (!/^\/?\d{0,3}$/.test(parsed.pathname)) return wrong();
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = parsed.port === "" ? 6379 : Number(parsed.port);
  const database = Number(parsed.pathname.slice(1));
  const secret = parsed.password === "" ? password : decodeURIComponent(parsed.password);
  return {
    ...{ host, port, tls, database },
    ...(parsed.username === "" ? {} : { user: decodeURIComponent(parsed.username) }),
    ...(secret === undefined || secret === "" ? {} : { password: secret }),
    shown: `${parsed.protocol}//${parsed.hostname}:${port}${database === 0 ? "" : `/${database}`}`,
  };
}
