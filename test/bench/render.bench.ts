import { BenchBrowser } from './lib/benchBrowser';
import { runBench, type BenchPart } from './lib/runBench';
import { benchEnds, benchMixed, benchShapes } from './render/rendering';

/** Streams are played in real time; on a busy machine what is around them takes longer. */
const LIMIT_MINUTES = 30;

/** Replies that stream into the real panel, beside other renderers: see docs/BENCHMARKS.md. */
const browser = await BenchBrowser.start();
const inBrowser =
  (part: typeof benchMixed): BenchPart =>
  (report, quick) =>
    part(report, browser, quick);
const parts = {
  mixed: inBrowser(benchMixed),
  shapes: inBrowser(benchShapes),
  ends: inBrowser(benchEnds),
};
await runBench('render', parts, LIMIT_MINUTES);
await browser.stop();
