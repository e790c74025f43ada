import type { MessageName } from "./messages.ts";

/** The page of the catalogue of messages. */
export const CATALOGUE_PAGE = "docs/verifier-messages.md";

/** The stable name of a message in links: `mem_access` becomes `mem-access`. */
export const anchorOf = (message: MessageName): string => message.replaceAll("_", "-");

/**
 * Where a message is explained with an example.
 *
 * @example lessonOf("mem_access") // "docs/verifier-messages.md#mem-access"
 */
export const lessonOf = (message: MessageName): string => `${CATALOGUE_PAGE}#${anchorOf(message)}`;
