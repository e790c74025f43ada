import { PlotError } from "./error.ts";

/** SVG as PNG by the browser's own drawing. */
export async function svgToPng(svg: string, scale: number): Promise<Uint8Array> {
  if (typeof OffscreenCanvas === "undefined" || typeof Image === "undefined")
    throw new PlotError(
      "PLOT_PNG",
      "nothing here draws pixels",
      "in a notebook, JupyterLab's menu beside the plot saves it as PNG; toSVG() gives the picture as SVG",
    );
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width * scale, image.height * scale);
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: "image/png" });
  return new Uint8Array(await blob.arrayBuffer());
}
