/** Registers that hold the same number, or the same number plus a constant: what is learned of one holds for all. */
import { syncBounds, zeroExtend32 } from "./bounds.ts";
import type { Environment } from "./environment.ts";
import { type Places, placeFrame, placeRegister, placeSlot, registerPlace, slotPlace } from "./history.ts";
import type { Words } from "./int64.ts";
import {
  ADD_CONST,
  ADD_CONST32,
  copyRegister,
  ID,
  markConstant,
  OFF,
  REGISTER_WORDS,
  TYPE,
  TYPES,
  VALUE,
} from "./registers.ts";
import { addScalar } from "./scalar-alu.ts";
import { frameIndex, isSpilled, type State, slotAt } from "./state.ts";
import { tnumIsConst } from "./tnum.ts";

/** r10 is no number. */
const SCALAR_REGISTERS = 10;

/** Adds a register with this id to `linked`; one for which there is no room loses the link. */
function consider(w: Words, r: number, id: number, place: number, linked: Places): void {
  if (w[r + TYPE] !== TYPES.SCALAR || (w[r + ID] & ~ADD_CONST) !== id) return;
  if (!linked.add(place)) w[r + ID] = 0;
}

/** Adds the registers and spilled registers with this id to `linked`. */
export function collectLinked(env: Environment, id: number, linked: Places): void {
  const { state } = env;
  const wanted = id & ~ADD_CONST;
  for (let frame = state.frames.length - 1; frame >= 0; frame--) {
    const { words, slots } = state.frames[frame];
    // A register that nobody reads any more is not worth a place.
    const live = env.live[frameIndex(state, frame)];
    for (let index = 0; index < SCALAR_REGISTERS; index++)
      if ((live >>> index) & 1) consider(words, index * REGISTER_WORDS, wanted, registerPlace(frame, index), linked);
    for (let index = 0; index < slots; index++)
      if (isSpilled(words, slotAt(index))) consider(words, slotAt(index), wanted, slotPlace(frame, index), linked);
  }
}

const DELTA = new Int32Array(REGISTER_WORDS);
const KNOWN = new Int32Array(REGISTER_WORDS);

/** Gives what is known of the register at `w`, `known` to all that are linked to it. */
export function syncLinked(state: State, w: Words, known: number, linked: Places): void {
  const id = w[known + ID] & ~ADD_CONST;
  copyRegister(KNOWN, 0, w, known);
  for (let k = 0; k < linked.count; k++) {
    const place = linked.at(k);
    const { words } = state.frames[placeFrame(place)];
    const register = placeRegister(place);
    const r = register >= 0 ? register * REGISTER_WORDS : slotAt(placeSlot(place));
    if (words[r + TYPE] !== TYPES.SCALAR || (words === w && r === known)) continue;
    if ((words[r + ID] & ~ADD_CONST) !== id) continue;
    // A distance in 32 bits says nothing about one in 64.
    if (((words[r + ID] ^ KNOWN[ID]) & ADD_CONST) === ADD_CONST) continue;
    const bothPlain = ((words[r + ID] | KNOWN[ID]) & ADD_CONST) === 0;
    if (bothPlain || words[r + OFF] === KNOWN[OFF]) {
      copyRegister(words, r, KNOWN, 0);
      continue;
    }
    const offset = words[r + OFF];
    const ownId = words[r + ID];
    const delta = offset - KNOWN[OFF];
    markConstant(DELTA, 0, delta | 0, Math.floor(delta / 0x1_0000_0000));
    copyRegister(words, r, KNOWN, 0);
    words[r + OFF] = offset;
    words[r + ID] = ownId;
    addScalar(words, r, DELTA, 0);
    if ((ownId | KNOWN[ID]) & ADD_CONST32) zeroExtend32(words, r);
    syncBounds(words, r);
  }
}

/** Before a number is copied: gives it an id, so that both copies are linked. A constant needs none. */
export function linkBeforeCopy(env: Environment, w: Words, r: number): void {
  if (w[r + TYPE] !== TYPES.SCALAR) return;
  if (w[r + ID] & ADD_CONST) {
    w[r + ID] = 0;
    w[r + OFF] = 0;
  }
  if (w[r + ID] === 0 && !tnumIsConst(w, r + VALUE)) w[r + ID] = env.newId();
}
