import { execsnoop } from "./process/execsnoop.ts";

/** bcc's tools by name. */
export const TOOLS = { execsnoop } as const;
