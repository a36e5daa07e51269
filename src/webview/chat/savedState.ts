import * as v from 'valibot';
import type { VsCodeApi } from '../shared/vscodeApi';

const schema = v.object({
  draft: v.string(),
  /** Read by the host when a tab comes back after a reload of the window: what it shows. */
  conversationId: v.optional(v.string()),
  /** The turn at the top of what is in sight, and how far its top is above that, px; absent at the end. */
  place: v.optional(v.object({ turnId: v.string(), offset: v.number() })),
});

export type Place = NonNullable<v.InferOutput<typeof schema>['place']>;

/** What the webview itself remembers while it is out of sight: what is being typed, and where the reader was. */
export class SavedState {
  readonly #api: VsCodeApi;
  /** Of a chat that is not written down nothing is kept; the host still has the draft while the window lives. */
  #isKept = true;
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
    this.#save();
  }

  setConversation(conversationId: string, isKept: boolean): void {
    if (conversationId === this.#value.conversationId && isKept === this.#isKept) return;
    this.#isKept = isKept;
    this.#value = { ...this.#value, conversationId };
    this.#save();
  }

  setPlace(place: Place | undefined): void {
    const { place: _before, ...rest } = this.#value;
    this.#value = place ? { ...rest, place } : rest;
    this.#save();
  }

  #save(): void {
    this.#api.setState(this.#isKept ? this.#value : { ...this.#value, draft: '' });
  }
}
