import type { KfuncImplementation } from "./implementation.ts";

/** Programs that run at both ends of a function. */
export const SESSION_KFUNCS: readonly KfuncImplementation[] = [
  {
    name: "bpf_session_is_return",
    passing: "u32",
    args: [],
    implement: (host) => () => Number(host.session?.()?.isReturn ?? false),
  },
  {
    name: "bpf_session_cookie",
    passing: "pointer",
    args: [],
    implement: (host) => () => host.session?.()?.cookieAt ?? 0,
  },
];
