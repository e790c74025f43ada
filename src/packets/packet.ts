import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import { dissect } from "./dissect.ts";
import type { PacketLayer } from "./layer.ts";
import { layersText } from "./text.ts";

/**
 * A packet: its bytes, from the Ethernet header on, which show themselves layer by layer. Slices of it are plain bytes.
 *
 * @example packet.udp({ dport: 53 }).layers.map((layer) => layer.protocol) // ["Ethernet", "IPv4", "UDP"]
 */
export class Packet extends Uint8Array<ArrayBuffer> implements Displayable {
  /** What `slice`, `map` and others make. */
  static get [Symbol.species](): Uint8ArrayConstructor {
    return Uint8Array;
  }

  constructor(bytes: Uint8Array) {
    super(new Uint8Array(bytes).buffer);
  }

  /** What the bytes mean, from the outermost header in; read again each time. */
  get layers(): readonly PacketLayer[] {
    return dissect(this);
  }

  /** The layers as lines of text, one a field. */
  toText(): string {
    return layersText(this.layers);
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("packet", this);
  }
}
