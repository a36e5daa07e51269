import { Disposable } from '../../base/disposable';
import type { DisposableLike } from '../../base/disposable';
import { Emitter } from '../../base/event';
import type { Event } from '../../base/event';
import type { InstructionSegment, Instructions } from '../chat/chatParts';
import type { Translate } from '../translate';

/** Reads what a workspace tells models. Never rejects: what can't be read is not there. */
export interface InstructionSource extends DisposableLike {
  readonly onChange: Event<void>;
  /** The setting `pulse.systemPrompt`; `undefined` for none. */
  systemPrompt(): string | undefined;
  /** Paths below the workspace's folders that may be read: the setting, empty where the workspace is not trusted. */
  allowedFiles(): readonly string[];
  /** Names of the workspace's folders. */
  folders(): readonly string[];
  /** The text of a file below a folder, or `undefined`. */
  read(folder: string, path: string): Promise<string | undefined>;
}

/** What all files together may hold, in UTF-16 units: about 25,000 tokens in every request. */
const MAX_TOTAL = 100_000;
/** Files that name files that name files: no deeper. */
const MAX_DEPTH = 5;

/**
 * What every question is told first: the user's own system prompt, then the instruction files of the workspace (CLAUDE.md,
 * AGENTS.md, …). A line `@path` in one of them is replaced by that file, as Claude Code does. The same text is not told twice.
 */
export class InstructionFiles extends Disposable implements Instructions {
  readonly #source: InstructionSource;
  readonly #translate: Translate;
  readonly #changed = this._register(new Emitter<void>());
  #segments: Promise<readonly InstructionSegment[]> | undefined;

  readonly onChange = this.#changed.event;

  constructor(source: InstructionSource, translate: Translate) {
    super();
    this.#source = this._register(source);
    this.#translate = translate;
    this._register(
      source.onChange(() => {
        this.#segments = undefined;
        this.#changed.fire();
      }),
    );
  }

  segments(): Promise<readonly InstructionSegment[]> {
    this.#segments ??= this.#read();
    return this.#segments;
  }

  async #read(): Promise<readonly InstructionSegment[]> {
    const segments: InstructionSegment[] = [];
    const prompt = this.#source.systemPrompt();
    if (prompt !== undefined) {
      segments.push({ label: this.#translate('System prompt'), text: prompt });
    }
    const folders = this.#source.folders();
    const told = new Set<string>();
    let left = MAX_TOTAL;
    for (const folder of folders) {
      for (const path of this.#source.allowedFiles()) {
        const name = folders.length > 1 ? `${folder}/${path}` : path;
        const text = (await this.#expanded(folder, path, told))?.trim() ?? '';
        const fitting = text.slice(0, left);
        if (fitting === '') continue;
        left -= fitting.length;
        segments.push({
          label: name,
          text: `Instructions of this project (${name}):\n\n${fitting}`,
        });
      }
    }
    return segments;
  }

  /** `told`: files that were told already. */
  async #expanded(
    folder: string,
    path: string,
    told: Set<string>,
    depth = 0,
  ): Promise<string | undefined> {
    const key = `${folder}\n${path}`;
    if (told.has(key) || depth > MAX_DEPTH) return undefined;
    told.add(key);
    const text = await this.#source.read(folder, path);
    if (text === undefined) return undefined;
    if (told.has(text)) return undefined;
    told.add(text);
    const lines: string[] = [];
    for (const line of text.split('\n')) {
      const named = importedPath(line, path);
      if (named === undefined) lines.push(line);
      else lines.push((await this.#expanded(folder, named, told, depth + 1)) ?? '');
    }
    return lines.join('\n');
  }
}

/** The path, from the folder, of the file that a line like `@docs/style.md` names; `undefined` for other lines and paths outside. */
function importedPath(line: string, from: string): string | undefined {
  const [, written] = /^\s*@([\w./-]+\.\w+)\s*$/.exec(line) ?? [];
  if (written === undefined || written.startsWith('/')) return undefined;
  const steps = from.split('/').slice(0, -1);
  for (const step of written.split('/')) {
    if (step === '..') {
      if (steps.pop() === undefined) return undefined;
    } else if (step !== '.' && step !== '') {
      steps.push(step);
    }
  }
  return steps.join('/');
}
