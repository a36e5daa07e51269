import type { DisposableLike } from '../../base/disposable';
import type { Event } from '../../base/event';
import type { Attachment } from '../../engine/ports';
import type { AttachmentView, Completion, SlashCommandView } from '../../protocol/context';
import type { TokenStyle } from '../../protocol/tokenColors';

/** What a pane of the chat works with beside its conversation; made in other folders, put together in `services.ts`. */

/** Context of the question that is written in one pane. Nothing in it is sent before the question is. */
export interface ContextTray extends DisposableLike {
  readonly onChange: Event<void>;
  readonly views: readonly AttachmentView[];
  /** Adds what a completion's `source` names: "selection", "problems", "file:src/app.ts", "url:https://…". Shown as loading at once. */
  add(source: string): void;
  addData(name: string, mime: string, base64: string): void;
  addText(text: string): void;
  addUris(uris: readonly string[]): void;
  remove(id: string): void;
  /** The user lets something go that looks like a secret. */
  allow(id: string): void;
  /** Shows where it is from. */
  open(id: string): void;
  /** What goes with the question, when all of it is read; the tray is empty after it. What failed or was not allowed stays out. */
  take(signal: AbortSignal): Promise<readonly Attachment[]>;
  /** Puts back what a question had that is written again. */
  put(attachments: readonly Attachment[]): void;
  /** What is in it, to be put into another one when the window is loaded again. Without what failed or must be allowed first. */
  readonly contents: TrayContents;
}

/** `sources` are added by name and read again; `attachments` are what has no name, as it was. */
export interface TrayContents {
  readonly sources: readonly string[];
  readonly attachments: readonly Attachment[];
}

/** Makes trays, and knows what can be added. */
export interface ContextSources {
  newTray(): ContextTray;
  /** Best first, at most 50. Resolves with an empty list when aborted; never rejects. */
  complete(query: string, signal: AbortSignal): Promise<Completion[]>;
  /** Shows where something is from that went with a question. */
  open(attachment: Attachment): void;
}

/** What the panel is asked to do by a command. */
export type PanelCommand =
  | { readonly kind: 'compact' }
  | { readonly kind: 'clear' }
  /** `name`: what the user wrote after it; empty to choose from a list. */
  | { readonly kind: 'model'; readonly name: string }
  | { readonly kind: 'cost' }
  | { readonly kind: 'help' };

/** What becomes of a question that began with a slash. */
export type ExpandedPrompt =
  /** Goes to the model as `prompt`; the panel shows what was typed. `sources` are added to its context first. */
  | { readonly kind: 'ask'; readonly prompt: string; readonly sources: readonly string[] }
  | { readonly kind: 'command'; readonly command: PanelCommand }
  /** The command is there but can't be used so; said to the user. */
  | { readonly kind: 'refused'; readonly problem: string };

export interface SlashCommands {
  readonly onChange: Event<void>;
  readonly views: readonly SlashCommandView[];
  /** `undefined`: the text is no command and is asked as it is. Never rejects. */
  expand(text: string, signal: AbortSignal): Promise<ExpandedPrompt | undefined>;
}

/** What every question is told first. */
export interface Instructions {
  readonly onChange: Event<void>;
  /** Segments of the system prompt, the most stable first; empty for none. Read again when files changed. Never rejects. */
  segments(): Promise<readonly InstructionSegment[]>;
}

export interface InstructionSegment {
  /** "CLAUDE.md", "System prompt": for the gauge. */
  readonly label: string;
  readonly text: string;
}

/** Carries out what a code block's buttons ask for; shows its own errors. Never rejects. */
export interface CodeActions {
  run(request: CodeActionRequest): Promise<void>;
  /** Yes and no to the change that is shown for review. */
  accept(): Promise<void>;
  reject(): Promise<void>;
}

export interface CodeActionRequest {
  readonly action: 'insert' | 'replace' | 'apply' | 'newFile' | 'run';
  readonly code: string;
  readonly language: string;
  readonly path: string | undefined;
}

/** How the editor's theme colours code. */
export interface CodeColors {
  readonly onChange: Event<void>;
  /** Empty where that is not known. Never rejects. */
  styles(): Promise<readonly TokenStyle[]>;
}
