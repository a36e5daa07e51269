import { assert, integer, pre, property } from 'fast-check';
import { expect, test } from 'vitest';
import { continuationRequest } from '../../../../../src/engine/requests/continuation/continuationRequest';
import { splitPartial } from '../../../../../src/engine/requests/continuation/partialText';
import { Seam } from '../../../../../src/engine/requests/continuation/seam';
import type { ChatRequest, ModelInfo } from '../../../../../src/engine/types';
import { seededRandom } from '../../../../helpers/seededRandom';
import { composed, openingLine } from './seamTexts';

const question: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'Tell me.' }],
  action: 'chat',
  thinking: 'off',
};
const LEAD_INS = [
  'Sure, here is the rest:\n\n',
  'Continuing from where I left off:\n\n',
  'Certainly! Picking up where the reply was cut off:\n\n',
  'Of course.\n\nHere is the remaining part:\n\n',
  '好的，接着上文继续：\n\n',
];
const CASES_A_STYLE = 250;
type Pick = (below: number) => number;
type Style = (scene: Scene) => string | undefined;

/** A reply that broke off, and how a model may go on with it. */
interface Scene {
  readonly pick: Pick;
  readonly partial: string;
  /** The partial as the model sees it. */
  readonly shown: string;
  /** What the whole text has behind that. */
  readonly rest: string;
  readonly anchor: string;
}

function info(prefill: boolean): ModelInfo {
  return {
    id: 'm',
    displayName: 'M',
    capabilities: {
      contextWindow: 200_000,
      maxOutputTokens: 8_192,
      thinking: 'none',
      efforts: [],
      maxTemperature: 1,
      prefill,
    },
    retiresAt: undefined,
    source: 'builtin',
  };
}

function lastWords({ pick, shown }: Scene): string {
  const words = [...shown.matchAll(/\S+/g)];
  return shown.slice(words.at(-3 - pick(20))?.index ?? 0);
}

function lastLines({ pick, shown }: Scene): string {
  const lines = shown.split('\n');
  return lines
    .slice(-2 - pick(3))
    .join('\n')
    .trimStart();
}

function otherwise(words: string, pick: Pick): string {
  switch (pick(4)) {
    case 0:
      return words.replaceAll(/\s+/g, ' ');
    case 1:
      return words.toLowerCase();
    case 2:
      return words.replace(/[a-z]/, (letter) => letter.toUpperCase());
    default:
      return words.replaceAll(' ', '  ').replaceAll('“', '"').replaceAll('”', '"');
  }
}

const leadIn = (pick: Pick): string => LEAD_INS[pick(LEAD_INS.length)] ?? '';

/** Styles that do as they are told, with or without an introduction. */
const OBEDIENT: Readonly<Record<string, Style>> = {
  anchor: ({ anchor, rest }) => anchor + rest,
  'lead-in and anchor': ({ anchor, rest, pick }) => leadIn(pick) + anchor + rest,
  'lead-in and changed anchor': ({ anchor, rest, pick }) =>
    leadIn(pick) + otherwise(anchor, pick) + rest,
  'fence and anchor': ({ anchor, rest, shown }) => {
    const line = openingLine(shown);
    const last = shown.slice(shown.lastIndexOf('\n') + 1);
    return line === undefined || /^\s*([`~]{3}.*)?$/.test(last)
      ? undefined
      : `${line}\n${anchor}${rest}`;
  },
};
/** Styles of a model's own. */
const FREE: Readonly<Record<string, Style>> = {
  exact: ({ rest }) => rest,
  words: (scene) => lastWords(scene) + scene.rest,
  lines: (scene) => lastLines(scene) + scene.rest,
  'lead-in and words': (scene) =>
    leadIn(scene.pick) + otherwise(lastWords(scene), scene.pick) + scene.rest,
  'lead-in only': ({ pick, rest }) => leadIn(pick) + rest,
  'fence and line': ({ shown, rest }) => {
    const line = openingLine(shown);
    const last = shown.slice(shown.lastIndexOf('\n') + 1);
    if (line === undefined) return undefined;
    return /^\s*[`~]{3}/.test(last) ? last + rest : `${line}\n${last}${rest}`;
  },
};

function pickFrom(seed: number): Pick {
  const random = seededRandom(seed);
  return (below) => Math.floor(random() * below);
}

/** @returns whether partial and seam give the whole text; `undefined` where the style can't be */
function joins(
  seed: number,
  style: Style,
  prefill = false,
): { whole: boolean; why: string } | undefined {
  const pick = pickFrom(seed);
  const text = composed(pick);
  const cut = 12 + pick(text.length - 12);
  const partial = text.slice(0, cut);
  const { shown } = splitPartial(partial);
  const goesOn = continuationRequest(question, partial, info(prefill));
  const rest = text.slice(shown.length);
  const continuation = style({ pick, partial, shown, rest, anchor: goesOn.anchor });
  if (continuation === undefined) return undefined;
  const seam = new Seam({ partial, style: goesOn.style, anchor: goesOn.anchor });
  let given = '';
  for (let at = 0; at < continuation.length;) {
    const size = 1 + pick(12);
    given += seam.push(continuation.slice(at, at + size));
    at += size;
  }
  given += seam.flush();
  const why = JSON.stringify([partial.slice(-90), continuation.slice(0, 140), given.slice(0, 90)]);
  return { whole: partial + given === text, why };
}

for (const [name, style] of Object.entries(OBEDIENT)) {
  test(`a continuation that repeats what was asked for is joined without a fault: ${name}`, () => {
    assert(
      property(integer(), (seed) => {
        const joined = joins(seed, style);
        pre(joined !== undefined);
        expect(joined.whole, joined.why).toBe(true);
      }),
      { seed: 3, numRuns: 400 },
    );
  });
}

test.each([['ask'], ['prefill']])('an exact continuation is not touched (%s)', (kind) => {
  assert(
    property(integer(), (seed) => {
      const joined = joins(seed, ({ rest }) => rest, kind === 'prefill');
      expect(joined?.whole, joined?.why).toBe(true);
    }),
    { seed: 5, numRuns: 600 },
  );
});

test('of continuations in styles of their own 99 % are joined to the whole text', () => {
  const shares = Object.entries(FREE).map(([name, style]) => {
    let tried = 0;
    let whole = 0;
    for (let seed = 1; seed <= CASES_A_STYLE; seed++) {
      const joined = joins(seed, style);
      if (joined === undefined) continue;
      tried++;
      if (joined.whole) whole++;
    }
    return { name, tried, whole };
  });
  const sum = (key: 'tried' | 'whole'): number => shares.reduce((all, one) => all + one[key], 0);
  expect(sum('whole') / sum('tried'), JSON.stringify(shares)).toBeGreaterThanOrEqual(0.99);
});
