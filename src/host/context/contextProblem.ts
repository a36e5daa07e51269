import { formatBytes, formatCount } from '../format';
import type { Translate } from '../translate';

/** What is told of each kind. */
interface Details {
  readonly unknown: { readonly source: string };
  readonly missing: { readonly path: string };
  readonly unreadable: { readonly path: string; readonly detail: string };
  readonly empty: { readonly path: string };
  readonly binary: { readonly path: string };
  readonly tooLarge: { readonly bytes: number; readonly maxBytes: number };
  readonly total: { readonly maxBytes: number };
  readonly totalMedia: { readonly maxBytes: number };
  readonly tooMany: { readonly max: number };
  readonly noEditor: object;
  readonly noOpenFiles: object;
  readonly noProblems: object;
  readonly noTerminal: object;
  readonly noRepository: object;
  readonly untrustedGit: object;
  readonly git: { readonly detail: string };
  readonly noChanges: object;
  readonly noSymbol: { readonly name: string };
  readonly emptyFolder: { readonly path: string };
  readonly notAnImage: object;
  readonly imageBytes: { readonly bytes: number; readonly maxBytes: number };
  readonly imagePixels: { readonly width: number; readonly height: number; readonly max: number };
  readonly notAPdf: object;
  readonly pdfBytes: { readonly bytes: number; readonly maxBytes: number };
  readonly pdfPages: { readonly pages: number; readonly max: number };
  readonly pdfLocked: object;
  readonly address: { readonly url: string };
  readonly scheme: { readonly scheme: string };
  readonly privateAddress: { readonly host: string };
  readonly unresolved: { readonly host: string };
  readonly redirects: { readonly max: number };
  readonly status: { readonly status: number };
  readonly network: { readonly detail: string };
  readonly slow: { readonly seconds: number };
  readonly mime: { readonly mime: string };
  readonly internal: { readonly detail: string };
}

type Kind = keyof Details;
type ProblemOf<K extends Kind> = { [One in K]: { readonly kind: One } & Details[One] }[K];

/** Why something can't go along with a question. */
export type ContextProblem = ProblemOf<Kind>;

/** Something can't go along with a question; `problemText` says why to the user. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
  readonly kind: Kind;
  readonly problem: ContextProblem;

  constructor(problem: ContextProblem, options?: ErrorOptions) {
    super(problem.kind, options);
    this.kind = problem.kind;
    this.problem = problem;
  }
}

const TEXTS: { readonly [K in Kind]: (problem: ProblemOf<K>, t: Translate) => string } = {
  unknown: (problem, t) => t('{0} is nothing that can be added.', problem.source),
  missing: (problem, t) => t('{0} is not there any more. Remove it or add it again.', problem.path),
  unreadable: (problem, t) => t("{0} can't be read: {1}", problem.path, problem.detail),
  empty: (problem, t) => t('{0} is empty.', problem.path),
  binary: (problem, t) =>
    t("{0} is not text. Images and PDFs can be added, other binary files can't.", problem.path),
  tooLarge: (problem, t) =>
    t(
      '{0} is more than the {1} of pulse.context.maxFileKB. Select the part that matters, or raise the setting.',
      formatBytes(problem.bytes),
      formatBytes(problem.maxBytes),
    ),
  total: (problem, t) =>
    t(
      'All context together is more than {0}. Remove something, or raise pulse.context.maxTotalKB.',
      formatBytes(problem.maxBytes),
    ),
  totalMedia: (problem, t) =>
    t(
      'All images and documents together are more than {0}. Remove one.',
      formatBytes(problem.maxBytes),
    ),
  tooMany: (problem, t) =>
    t('A question takes {0} pieces of context. Add a folder instead of its files.', problem.max),
  noEditor: (_, t) => t('No file is open in an editor. Open one, or select something.'),
  noOpenFiles: (_, t) => t('No files are open in editors.'),
  noProblems: (_, t) => t('There are no problems.'),
  noTerminal: (_, t) =>
    t(
      'No command was seen in a terminal since Pulse started, or its shell does not tell (shell integration). Run it again, or copy and paste its output.',
    ),
  noRepository: (_, t) => t('No git repository is open here.'),
  untrustedGit: (_, t) => t('Git is not run in a workspace that is not trusted.'),
  git: (problem, t) => t('Git failed: {0}', problem.detail),
  noChanges: (_, t) => t('Nothing has changed since the last commit.'),
  noSymbol: (problem, t) =>
    t(
      '{0} was not found. Its language may have no symbols, or its extension is still starting.',
      problem.name,
    ),
  emptyFolder: (problem, t) =>
    t('{0} has no text files, apart from those that are excluded or ignored by git.', problem.path),
  notAnImage: (_, t) =>
    t('This is not a PNG, JPEG, GIF or WebP image. Convert it to one of these.'),
  imageBytes: (problem, t) =>
    t(
      'An image may have {0}, this one has {1}. Make it smaller.',
      formatBytes(problem.maxBytes),
      formatBytes(problem.bytes),
    ),
  imagePixels: (problem, t) =>
    t(
      'An image may be {0} pixels wide and high, this one is {1} × {2}. Make it smaller.',
      problem.max,
      problem.width,
      problem.height,
    ),
  notAPdf: (_, t) => t('This is not a PDF document.'),
  pdfBytes: (problem, t) =>
    t(
      'A PDF may have {0}, this one has {1}. Split it.',
      formatBytes(problem.maxBytes),
      formatBytes(problem.bytes),
    ),
  pdfPages: (problem, t) =>
    t(
      'A PDF may have {0} pages, this one has {1}. Split it.',
      problem.max,
      formatCount(problem.pages),
    ),
  pdfLocked: (_, t) => t('This PDF is encrypted. Save it without a password.'),
  address: (problem, t) => t('{0} is not an address. It begins with https://', problem.url),
  scheme: (problem, t) => t('Only http and https addresses can be added, not {0}.', problem.scheme),
  privateAddress: (problem, t) =>
    t(
      '{0} is on this machine or in a private network. Pulse takes only public addresses; save the page and add the file.',
      problem.host,
    ),
  unresolved: (problem, t) =>
    t('{0} was not found. Check the address and the network.', problem.host),
  redirects: (problem, t) => t('The page redirects more than {0} times.', problem.max),
  status: (problem, t) => t('The server answered with status {0}.', problem.status),
  network: (problem, t) => t("The page can't be had: {0}", problem.detail),
  slow: (problem, t) => t('The page took longer than {0} s.', problem.seconds),
  mime: (problem, t) =>
    t("{0} can't be added: only web pages, text, JSON, images and PDFs can.", problem.mime),
  internal: (problem, t) => t("It can't be added: {0}", problem.detail),
};

/** What happened and what to do. */
export function problemText<K extends Kind>(problem: ProblemOf<K>, t: Translate): string {
  return TEXTS[problem.kind](problem, t);
}

/** Any error as a problem; what was thrown by others loses nothing but its stack. */
export function problemOf(error: unknown): ContextProblem {
  if (error instanceof ContextError) return error.problem;
  return { kind: 'internal', detail: error instanceof Error ? error.message : String(error) };
}
