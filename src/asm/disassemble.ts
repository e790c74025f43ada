export { formatInstruction, type LogNames } from "./format-instruction.ts";
