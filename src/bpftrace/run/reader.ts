import type { EventRow } from "../analyse/typed.ts";
import { recordType } from "../compile/emitter.ts";
import type { Source } from "../diagnostics.ts";
import { placeIn } from "../diagnostics.ts";
import { type Data, type Reading, readData } from "../output/data.ts";
import { dataJson, lineJson, mapJson } from "../output/json.ts";
import type { MapData, MapPrint } from "../output/map-data.ts";
import { mapText } from "../output/map-text.ts";
import { formatText } from "../output/printf.ts";
import type { Style } from "../output/style.ts";
import { dataText } from "../output/text.ts";
import type { Transcript } from "../output/transcript.ts";
import { fieldsOf, type Type } from "../types/type.ts";

/** What the reader of events does to the machine. */
export interface ReaderHost {
  readonly events: readonly EventRow[];
  readonly reading: Reading;
  readonly style: Style;
  readonly json: boolean;
  readonly source: Source;
  map(name: string): MapData;
  clear(name: string): void;
  zero(name: string): void;
  exit(code: number): void;
  unwatch(address: bigint): void;
  now(): bigint;
  /** A file's text, or undefined where there is none. */
  file(path: string): string | undefined;
  readonly maxCatBytes: number;
  /** Takes values that are printed, as data. */
  readonly onValue?: ((value: Data) => void) | undefined;
}

/** Histograms that are remembered as they were printed; later ones are only printed. */
const MOST_PRINTS = 500;

/** One that has nothing in it yet belongs to the course of time, too. */
const isHistogram = ({ type, entries }: MapData): boolean =>
  type.kind === "aggregate" && (type.name === "hist" || type.name === "lhist") && entries[0]?.key === undefined;

/** Turns records of programs into what bpftrace prints. */
export class Reader {
  readonly #host: ReaderHost;
  readonly #layouts: readonly Extract<Type, { kind: "tuple" }>[];
  readonly transcript: Transcript;
  /** Histograms without key, each time that the program printed one: what a heat map over time is drawn from. */
  readonly prints: MapPrint[] = [];

  constructor(host: ReaderHost, transcript: Transcript) {
    this.#host = host;
    this.transcript = transcript;
    this.#layouts = host.events.map((event) => recordType(event) as Extract<Type, { kind: "tuple" }>);
  }

  /** Takes one record. */
  take(view: DataView, at: number): void {
    const index = Number(view.getBigUint64(at, true));
    const event = this.#host.events[index];
    const layout = this.#layouts[index];
    if (event === undefined || layout === undefined) return;
    const { fields } = fieldsOf(layout);
    const values = event.types.map((type, number) =>
      readData(view, at + fields[number + 1]!.offset, type, this.#host.reading),
    );
    this.#handle(event, values);
  }

  #print(type: string, text: string, data = JSON.stringify(text)): void {
    this.transcript.out(this.#host.json ? lineJson(type, data) : text);
  }

  #handle(event: EventRow, values: readonly Data[]): void {
    const { names } = this.#host.reading;
    const format = event.format ?? "";
    switch (event.kind) {
      case "printf":
        this.#print("printf", formatText(format, values, names));
        return;
      case "errorf":
      case "warnf": {
        const { source } = this.#host;
        const { name, line, column } = placeIn(source, event.span.start);
        const text = formatText(format, values, names);
        const word = event.kind === "errorf" ? "ERROR" : "WARNING";
        if (this.#host.json)
          this.transcript.out(lineJson(event.kind, JSON.stringify({ msg: text, filename: name, line, col: column })));
        else
          this.transcript.error(
            `${name}:${line}:${column}-${column + event.span.end - event.span.start}: ${word}: ${text}${text.endsWith("\n") ? "" : "\n"}`,
          );
        return;
      }
      case "print-map": {
        const map = this.#host.map(event.map!.name);
        if (isHistogram(map) && this.prints.length < MOST_PRINTS) this.prints.push({ time: this.#host.now(), map });
        this.map(map, event);
        return;
      }
      case "print-value": {
        const [value] = values;
        const { onValue } = this.#host;
        if (value !== undefined && onValue !== undefined) onValue(value);
        else if (value !== undefined) this.#print("value", `${dataText(value, names)}\n`, dataJson(value, names));
        return;
      }
      case "clear":
        this.#host.clear(event.map!.name);
        return;
      case "zero":
        this.#host.zero(event.map!.name);
        return;
      case "exit": {
        const [code] = values;
        this.#host.exit(code?.kind === "integer" ? Number(code.value) : 0);
        return;
      }
      case "unwatch": {
        const [address] = values;
        if (address?.kind === "integer") this.#host.unwatch(BigInt.asUintN(64, address.value));
        return;
      }
      case "time":
        this.#print("time", names.time(this.#host.now(), format));
        return;
      case "join": {
        const words = values.map((value) => dataText(value, names));
        const end = words.indexOf("");
        const text = words.slice(0, end < 0 ? words.length : end).join(event.delimiter ?? " ");
        this.#print("join", `${text}\n`, JSON.stringify(text));
        return;
      }
      case "cat": {
        const path = formatText(format, values, names);
        const text = this.#host.file(path);
        if (text === undefined)
          this.transcript.error(`ERROR: failed to open file '${path}': No such file or directory\n`);
        else this.#print("cat", text.slice(0, this.#host.maxCatBytes));
        return;
      }
      case "system":
        this.transcript.error(`ERROR: this machine has no shell to run: ${formatText(format, values, names)}\n`);
        return;
      case "runtime-error":
        return;
    }
  }

  /** Prints a map. */
  map(map: MapData, excerpt: Pick<EventRow, "top" | "div"> = {}): void {
    const { names } = this.#host.reading;
    const { style, json } = this.#host;
    if (json) {
      if (map.entries.length > 0) this.transcript.out(mapJson(map, names, style.stackIndent));
    } else this.transcript.out(mapText(map, names, style, excerpt));
  }
}
