import { createShikiPrimitive } from '@shikijs/core';
import type { ColourSpan, ColouredLine, LineTokenizer, TokenizerState } from './highlightQueue';
import type { LanguageName } from './languages';
import { loadGrammars } from './languages';
import { OutOfTime, PatientEngine } from './patientEngine';
import { THEME_NAME, classOfColour, theme } from './theme';

/** A line longer than this, in UTF-16 units, stays plain: it is data, and colouring it takes long. */
const LONGEST_LINE = 2_000;

/** A line that takes longer than this, ms, is given up: some expressions take for ever on some texts. */
const LINE_LIMIT_MS = 200;

/** Bits of a token's metadata that hold the number of its colour (vscode-textmate's EncodedTokenAttributes). */
const COLOUR_MASK = 0b0000_0000_1111_1111_1000_0000_0000_0000;
const COLOUR_SHIFT = 15;

type Primitive = ReturnType<typeof createShikiPrimitive>;
type ShikiGrammar = ReturnType<Primitive['getLanguage']>;
type RuleStack = ReturnType<ShikiGrammar['tokenizeLine2']>['ruleStack'];

/** Tokenizers made of TextMate grammars, with JavaScript's own regular expressions: no WebAssembly. */
export class ShikiTokenizers {
  readonly #engine = new PatientEngine();
  readonly #primitive = createShikiPrimitive({
    langs: [],
    themes: [theme],
    engine: this.#engine,
  });
  readonly #classes: readonly (string | undefined)[];

  constructor() {
    this.#classes = this.#primitive.setTheme(THEME_NAME).colorMap.map(classOfColour);
  }

  async load(language: LanguageName): Promise<LineTokenizer> {
    this.#primitive.loadLanguageSync(...(await loadGrammars(language)));
    return new ShikiTokenizer(this.#primitive.getLanguage(language), this.#classes, this.#engine);
  }
}

class Stack {
  readonly rules: RuleStack | null;

  constructor(rules: RuleStack | null) {
    this.rules = rules;
  }
}

class ShikiTokenizer implements LineTokenizer {
  readonly initial: TokenizerState = new Stack(null);
  readonly #grammar: ShikiGrammar;
  readonly #classes: readonly (string | undefined)[];
  readonly #engine: PatientEngine;

  constructor(
    grammar: ShikiGrammar,
    classes: readonly (string | undefined)[],
    engine: PatientEngine,
  ) {
    this.#grammar = grammar;
    this.#classes = classes;
    this.#engine = engine;
  }

  line(text: string, before: TokenizerState, timeLeft: () => boolean): ColouredLine | undefined {
    if (text.length > LONGEST_LINE) return { spans: [], state: before };
    const rules = before instanceof Stack ? before.rules : null;
    this.#engine.timeLeft = timeLeft;
    try {
      const result = this.#grammar.tokenizeLine2(text, rules, LINE_LIMIT_MS);
      const { tokens, ruleStack, stoppedEarly } = result;
      if (stoppedEarly) return { spans: [], state: before };
      return { spans: this.#spans(tokens, text.length), state: new Stack(ruleStack) };
    } catch (error) {
      if (error instanceof OutOfTime) return undefined;
      throw error;
    }
  }

  /** `tokens`: start and metadata of each, by turns. Neighbours of one kind become one span. */
  #spans(tokens: Uint32Array, length: number): ColourSpan[] {
    const spans: { start: number; end: number; className: string }[] = [];
    for (let index = 0; index < tokens.length; index += 2) {
      const start = tokens[index] ?? 0;
      const end = tokens[index + 2] ?? length;
      const className = this.#classes[((tokens[index + 1] ?? 0) & COLOUR_MASK) >>> COLOUR_SHIFT];
      if (className === undefined || end <= start) continue;
      const last = spans.at(-1);
      if (last?.className === className && last.end === start) last.end = end;
      else spans.push({ start, end, className });
    }
    return spans;
  }
}
