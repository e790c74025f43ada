// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const CAPABILITY_EVENTS = {
  cap_capable: [
    2073,
    "const struct cred * cred 8 8; struct user_namespace * target_ns 16 8; const struct user_namespace * capable_ns 24 8; int cap 32 4s; int ret 36 4s",
    '"cred %p, target_ns %p, capable_ns %p, cap %d, ret %d", REC->cred, REC->target_ns, REC->capable_ns, REC->cap, REC->ret',
  ],
} as const satisfies EventRows;
