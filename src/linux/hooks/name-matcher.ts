/** Whether a name of a function is a pattern: `vfs_*`, `vfs_rea?`. */
export const isPattern = (name: string): boolean => /[*?]/.test(name);

/**
 * Matches names against a pattern: `*` is any characters, `?` any one, as in libbpf's patterns of functions.
 *
 * @example nameMatcher("vfs_*v")("vfs_readv") // true
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  return (name) => {
    let at = 0;
    let here = 0;
    /** Behind the last star, and how much of the name it has taken. */
    let star = -1;
    let taken = 0;
    while (here < name.length) {
      if (pattern[at] === "*") {
        star = ++at;
        taken = here;
      } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === name[here])) {
        at++;
        here++;
      } else if (star < 0) return false;
      else {
        at = star;
        here = ++taken;
      }
    }
    while (pattern[at] === "*") at++;
    return at === pattern.length;
  };
}
