/** What assignments are made of. */
export {
  type Assignment,
  type AssignmentOf,
  assignment,
  assignmentHash,
  type Check,
  type HiddenCheckInput,
  type Task,
  type VisibleCheckInput,
} from "./assignment.ts";
export { hmac, sha256 } from "./hmac.ts";
export { Inspector, packetText } from "./inspector.ts";
export { Variant } from "./variant.ts";
