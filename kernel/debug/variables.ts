import type { Json, JsonObject } from "../wire/message.ts";
import type { InspectorLink } from "./inspector-link.ts";

/** A value as V8's inspector describes it. */
export interface RemoteObject {
  readonly type: string;
  readonly subtype?: string;
  readonly className?: string;
  readonly value?: Json;
  readonly unserializableValue?: string;
  readonly description?: string;
  readonly objectId?: string;
}

interface RemoteProperty {
  readonly name: string;
  readonly value?: RemoteObject;
  readonly get?: RemoteObject;
  readonly enumerable?: boolean;
}

/** Members of one object that are told; a front end shows them in a list. */
const MAX_MEMBERS = 500;
const MAX_TEXT = 200;

/** The numbers by which a front end asks for the members of scopes and objects, valid until the program goes on. */
export class Variables {
  readonly #inspector: InspectorLink;
  readonly #objects: string[] = [];

  constructor(inspector: InspectorLink) {
    this.#inspector = inspector;
  }

  /** The number of an object; 0 stands for "has no members". */
  reference(objectId: string | undefined): number {
    return objectId === undefined ? 0 : this.#objects.push(objectId);
  }

  clear(): void {
    this.#objects.length = 0;
  }

  /** The members behind a number, as DAP's `Variable`s. */
  async members(reference: number): Promise<JsonObject[]> {
    const objectId = this.#objects[reference - 1];
    if (objectId === undefined) return [];
    const reply = await this.#inspector.post("Runtime.getProperties", { objectId, ownProperties: true });
    const properties = (reply["result"] as RemoteProperty[]).filter(
      ({ enumerable, value }) => enumerable !== false && value,
    );
    return properties.slice(0, MAX_MEMBERS).map(({ name, value }) => this.variable(name, value!));
  }

  variable(name: string, value: RemoteObject): JsonObject {
    return {
      name,
      value: remoteText(value),
      type: value.className ?? value.subtype ?? value.type,
      evaluateName: name,
      variablesReference: this.reference(value.objectId),
    };
  }
}

/** A remote value in one line. */
export function remoteText({ type, value, unserializableValue, description, subtype }: RemoteObject): string {
  if (type === "string") return JSON.stringify(cut(String(value)));
  if (subtype === "null") return "null";
  if (type === "function") return cut(String(description).split("\n")[0]!);
  return cut(unserializableValue ?? description ?? String(value));
}

function cut(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
