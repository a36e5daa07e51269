import * as v from 'valibot';
import type { VsCodeApi } from '../shared/vscodeApi';

const schema = v.object({
  draft: v.string(),
  /** The turn at the top of what is in sight, and how far its top is above that, px; absent at the end. */
  place: v.optional(v.object({ turnId: v.string(), offset: v.number() })),
});

export type Place = NonNullable<v.InferOutput<typeof schema>['place']>;

/** What the webview itself remembers while it is out of sight: what is being typed, and where the reader was. */
export class SavedState {
  readonly #api: VsCodeApi;
  #value: v.InferOutput<typeof schema>;

  constructor(api: VsCodeApi) {
    this.#api = api;
    const stored = v.safeParse(schema, api.getState());
    this.#value = stored.success ? stored.output : { draft: '' };
  }

  get draft(): string {
    return this.#value.draft;
  }

  get place(): Place | undefined {
    return this.#value.place;
  }

  setDraft(draft: string): void {
    this.#value = { ...this.#value, draft };
    this.#api.setState(this.#value);
  }

  setPlace(place: Place | undefined): void {
    const { draft } = this.#value;
    this.#value = place ? { draft, place } : { draft };
    this.#api.setState(this.#value);
  }
}
