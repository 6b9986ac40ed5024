/** Longer sides are scaled down: more is what no vendor's model looks at, and what every call would carry. */
const MAX_SIDE_PX = 1_536;
const JPEG_QUALITY = 0.85;
/** Below that an image is sent as it is. */
const SMALL_BYTES = 300_000;
const WIRE_TYPES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);

/** The images among what was dropped or pasted. */
export function imagesIn(transfer: DataTransfer | null): readonly File[] {
  return [...(transfer?.files ?? [])].filter(({ type }) => type.startsWith("image/"));
}

/**
 * An image as a data URL that models take: scaled down, and as JPEG, where it is large.
 *
 * @throws DOMException for a file that the browser cannot read as an image.
 */
export async function dataUrl(file: File): Promise<string> {
  const bitmap = await createImageBitmap(file);
  try {
    const scale = Math.min(1, MAX_SIDE_PX / Math.max(bitmap.width, bitmap.height));
    if (scale === 1 && file.size <= SMALL_BYTES && WIRE_TYPES.has(file.type)) return await read(file);
    const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
    const context = canvas.getContext("2d");
    if (context) {
      context.fillStyle = "#fff"; // JPEG knows no transparency
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    }
    return await read(await canvas.convertToBlob({ type: "image/jpeg", quality: JPEG_QUALITY }));
  } finally {
    bitmap.close();
  }
}

function read(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("loadend", () => {
      if (typeof reader.result === "string") resolve(reader.result);
      else reject(reader.error ?? new Error("The image could not be read."));
    });
    reader.readAsDataURL(blob);
  });
}
