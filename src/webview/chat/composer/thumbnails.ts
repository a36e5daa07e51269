import { Disposable } from '../../../base/disposable';
import { Emitter } from '../../../base/event';

/** Edge of a thumbnail, device pixels. */
export const THUMBNAIL_SIZE = 64;
const MAX_KEPT = 20;

/** Small pictures of pasted and dropped images by the name they were attached under; the page may load no images itself. */
export class Thumbnails extends Disposable {
  readonly #bitmaps = new Map<string, ImageBitmap>();
  readonly #changed = this._register(new Emitter<void>());
  readonly onChange = this.#changed.event;

  constructor() {
    super();
    this._register({ dispose: () => this.#bitmaps.forEach((bitmap) => bitmap.close()) });
  }

  get(name: string): ImageBitmap | undefined {
    return this.#bitmaps.get(name);
  }

  /** Never rejects: what is no image that the browser knows has an icon. */
  async add(name: string, image: Blob): Promise<void> {
    const bitmap = await bitmapOf(image);
    if (!bitmap) return;
    if (this.isDisposed) {
      bitmap.close();
      return;
    }
    this.#bitmaps.get(name)?.close();
    this.#bitmaps.delete(name);
    this.#bitmaps.set(name, bitmap);
    const [oldest] = this.#bitmaps.keys();
    if (this.#bitmaps.size > MAX_KEPT && oldest !== undefined) {
      this.#bitmaps.get(oldest)?.close();
      this.#bitmaps.delete(oldest);
    }
    this.#changed.fire();
  }
}

/** The middle of the image, square. */
async function bitmapOf(image: Blob): Promise<ImageBitmap | undefined> {
  try {
    const whole = await createImageBitmap(image);
    const edge = Math.min(whole.width, whole.height);
    const x = (whole.width - edge) / 2;
    const y = (whole.height - edge) / 2;
    try {
      return await createImageBitmap(whole, x, y, edge, edge, {
        resizeWidth: THUMBNAIL_SIZE,
        resizeHeight: THUMBNAIL_SIZE,
        resizeQuality: 'medium',
      });
    } finally {
      whole.close();
    }
  } catch {
    return undefined;
  }
}
