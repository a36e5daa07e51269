import type { Env } from 'markdown-it';

/** Link reference definitions by normalized label; footnotes' under keys of their own. */
export type References = NonNullable<Env['references']>;
