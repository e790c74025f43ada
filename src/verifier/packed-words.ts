/**
 * Words of frames that nobody looks at, small: most are 0. Of each 32 words a mask says which are not, and those follow. A
 * hundred thousand checkpoints with full stacks take a fifth of the memory this way.
 */
import { SLOT_WORDS, SLOTS, takeWords } from "./frame-words.ts";
import type { Words } from "./int64.ts";

/** What a frame has when its words are packed. */
export const NO_WORDS: Words = new Int32Array(0);

interface Frame {
  words: Words;
  readonly slots: number;
}

const GROUP = 32;
/** Room for one frame with all its slots, and the masks. */
const FULL = SLOTS + 64 * SLOT_WORDS;
const scratch = new Int32Array(FULL + Math.ceil(FULL / GROUP) + 1);

const wordsIn = (slots: number): number => SLOTS + slots * SLOT_WORDS;

/** The words of each frame, packed; the frames keep theirs. Frames that are as in `like` share its words. */
export const packWords = (frames: readonly Frame[], like: readonly Words[] = []): Words[] =>
  frames.map((frame, index) => {
    const length = packFrame(frame);
    const old = like[index];
    return old !== undefined && isScratch(old, length) ? old : scratch.slice(0, length);
  });

/** Packs into `scratch`; returns how much of it. */
function packFrame({ words, slots }: Frame): number {
  let out = 0;
  scratch[out++] = words.length;
  const end = wordsIn(slots);
  for (let start = 0; start < end; start += GROUP) {
    const maskAt = out++;
    const count = Math.min(GROUP, end - start);
    let mask = 0;
    for (let k = 0; k < count; k++) {
      const word = words[start + k];
      if (word === 0) continue;
      mask |= 1 << k;
      scratch[out++] = word;
    }
    scratch[maskAt] = mask;
  }
  return out;
}

function isScratch(words: Words, length: number): boolean {
  if (words.length !== length) return false;
  for (let k = 0; k < length; k++) if (words[k] !== scratch[k]) return false;
  return true;
}

/** Gives the frames their words back. */
export function unpackWords(packed: readonly Words[], frames: readonly Frame[]): void {
  frames.forEach((frame, index) => {
    const from = packed[index];
    let at = 0;
    const words = takeWords(from[at++]);
    const end = wordsIn(frame.slots);
    words.fill(0, 0, end);
    for (let start = 0; start < end; start += GROUP) {
      let mask = from[at++];
      while (mask !== 0) {
        const bit = 31 - Math.clz32(mask & -mask);
        words[start + bit] = from[at++];
        mask &= mask - 1;
      }
    }
    frame.words = words;
  });
}
