import type { BaseModel } from '../models/baseModel';
import { estimateTokens } from '../models/tokenEstimate';
import type {
  ChatRequest,
  ContentBlock,
  ModelInfo,
  ReplyEvent,
  ShapeNote,
  TextBlock,
} from '../types';
import { continuationRequest } from './continuation/continuationRequest';
import type { SeamOptions } from './continuation/seam';
import { requestForModel } from './fallback';
import { shape } from './shaping/shaper';
import type { Shaped } from './shaping/shaper';
import type { TurnServices } from './turnServices';
import { validateEnding } from './validateRequest';

/** A request as one model gets it. */
export interface Prepared {
  readonly request: ChatRequest;
  /** As `estimateTokens` counts, before calibration. */
  readonly estimatedTokens: number;
  /** Tokens of visible reply asked for. */
  readonly visibleTokens: number;
  /** How what comes joins what is there; `undefined` for a reply from its beginning. */
  readonly seam: SeamOptions | undefined;
}

/** How far the reply has come. */
export interface ReplySoFar {
  /** What the server paused after, to be given back as it came. */
  readonly paused: readonly ContentBlock[];
  /** Visible text that is to be gone on with; empty for none. */
  readonly partial: string;
}

export const NOTHING_SO_FAR: ReplySoFar = { paused: [], partial: '' };

/** Turns the question into what each model gets: converted, made to fit, with what is there of the reply. */
export class Preparation {
  readonly #question: ChatRequest;
  readonly #services: TurnServices;
  readonly #signal: AbortSignal;
  readonly #emit: (event: ReplyEvent) => void;
  readonly #shaped = new Map<BaseModel, Shaped>();
  #notes: readonly ShapeNote[] = [];
  /** The model that was last sent the reply so far as the last message, to go on from. */
  #prefilled: string | undefined;

  constructor(
    question: ChatRequest,
    services: TurnServices,
    signal: AbortSignal,
    emit: (event: ReplyEvent) => void,
  ) {
    this.#question = question;
    this.#services = services;
    this.#signal = signal;
    this.#emit = emit;
  }

  /** What was done to the question for the model that was asked last. */
  get notes(): readonly ShapeNote[] {
    return this.#notes;
  }

  /**
   * The server refused the last request. Where that ended with the reply so far, which not every model goes on from though it is said to,
   * later ones ask to go on instead. @returns whether they will be different
   */
  giveUpPrefill(): boolean {
    if (this.#prefilled === undefined) return false;
    this.#services.prefillRefused.add(this.#prefilled);
    this.#prefilled = undefined;
    return true;
  }

  /** @throws EngineError `invalid_input`, `request_too_large`, and what counting fails with */
  prepare(model: BaseModel, soFar: ReplySoFar): Prepared | Promise<Prepared> {
    const known = this.#shaped.get(model);
    if (known) return this.#compose(known, model, soFar);
    const shaped = this.#shape(model);
    if (!(shaped instanceof Promise)) return this.#compose(this.#keep(model, shaped), model, soFar);
    return shaped.then((result) => this.#compose(this.#keep(model, result), model, soFar));
  }

  #shape(model: BaseModel): Shaped | Promise<Shaped> {
    const { settings, calibration, primaryGroup, summarise } = this.#services;
    const question = this.#question;
    const request =
      model.name === question.model
        ? question
        : requestForModel(question, model.name, this.#asked, model.info);
    validateEnding(request, model.info.capabilities);
    return shape(request, {
      info: model.info,
      settings,
      calibration: calibration.factor(model.name),
      count: async (counted) => {
        const { tokens, estimated } = await model.countTokens(counted, this.#signal);
        return estimated ? undefined : tokens;
      },
      summarise:
        summarise &&
        ((messages) =>
          summarise(messages, {
            model: model.name,
            // Also when the settings name another first endpoint by now.
            group: question.group ?? primaryGroup,
            signal: this.#signal,
          })),
    });
  }

  /** The model of the question itself. */
  get #asked(): ModelInfo {
    const { model, primaryId } = this.#services;
    return model(this.#question.model, primaryId).info;
  }

  #keep(model: BaseModel, shaped: Shaped): Shaped {
    this.#shaped.set(model, shaped);
    this.#notes = shaped.notes;
    if (shaped.notes.length > 0) this.#emit({ type: 'shaped', notes: shaped.notes });
    return shaped;
  }

  /** A limit that starts low is for replies that go on by themselves when they meet it. */
  #visibleTokens(): number {
    const { lengths, settings } = this.#services;
    const { autoContinue, maxTokens } = settings.reply;
    if (autoContinue === 'always') return lengths.visibleTokens(this.#question);
    return this.#question.maxTokens ?? maxTokens;
  }

  #compose(shaped: Shaped, model: BaseModel, soFar: ReplySoFar): Prepared {
    const visibleTokens = this.#visibleTokens();
    const base = { ...shaped.request, maxTokens: visibleTokens };
    if (soFar === NOTHING_SO_FAR) {
      const estimatedTokens = shaped.inputTokens;
      return { request: base, estimatedTokens, visibleTokens, seam: undefined };
    }
    let request: ChatRequest = base;
    // The server goes on from what it sent; an empty text is refused, and so is a message without any.
    const paused = sendable(soFar.paused);
    if (paused.length > 0) {
      const answered = { role: 'assistant', content: paused } as const;
      request = { ...request, messages: [...request.messages, answered] };
    }
    let seam: SeamOptions | undefined;
    this.#prefilled = undefined;
    if (soFar.partial !== '') {
      const { prefillRefused } = this.#services;
      const info = prefillRefused.has(model.name) ? withoutPrefill(model.info) : model.info;
      const goesOn = continuationRequest(request, soFar.partial, info);
      const isPrefilled = goesOn.style === 'prefill' && goesOn.request !== request;
      this.#prefilled = isPrefilled ? model.name : undefined;
      request = goesOn.request;
      seam = { partial: soFar.partial, style: goesOn.style, anchor: goesOn.anchor };
    }
    return { request, estimatedTokens: estimateTokens(request), visibleTokens, seam };
  }
}

function withoutPrefill(info: ModelInfo): ModelInfo {
  return { ...info, capabilities: { ...info.capabilities, prefill: false } };
}

/** The blocks without empty texts and without white space at the end: the API refuses both. */
function sendable(content: readonly ContentBlock[]): ContentBlock[] {
  const blocks = content.filter((block) => !isText(block) || block.text !== '');
  const last = blocks.at(-1);
  if (last === undefined || !isText(last)) return blocks;
  const text = last.text.trimEnd();
  const before = blocks.slice(0, -1);
  return text === '' ? sendable(before) : [...before, { ...last, text }];
}

function isText(block: ContentBlock): block is TextBlock {
  return block.type === 'text' && 'text' in block && typeof block.text === 'string';
}
