const LONGEST = 60;

/**
 * A value as an error shows what was given: strings in quotes, NaN and bigints as they are, objects as JSON.
 *
 * @example
 * shown(Number.NaN) // "NaN"
 * shown("10 sec")   // '"10 sec"'
 */
export function shown(value: unknown): string {
  const text = describe(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return value.name === "" ? "a function" : `the function ${value.name}`;
    case "object":
      return value === null ? "null" : inBraces(value);
    default:
      return String(value);
  }
}

/** What JSON cannot hold (cycles, bigints) is told by its class. */
function inBraces(value: object): string {
  try {
    return JSON.stringify(value) ?? "an object";
  } catch {
    return `an object (${value.constructor?.name ?? "without a class"})`;
  }
}
