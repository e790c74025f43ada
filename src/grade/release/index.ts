/** From an assignment's one source to what students and teachers get. */
export { releaseCell } from "./release-cell.ts";
export { type Edition, editionOf } from "./solution-blocks.ts";
