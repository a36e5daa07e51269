import { describe, expect, it } from 'vitest';
import type { TurnStats } from '../../../../src/engine/ports';
import { costText } from '../../../../src/host/chat/conversationCost';
import { phaseViews } from '../../../../src/host/chat/statsView';
import { fromStored } from '../../../../src/host/chat/turn';
import type { Turn } from '../../../../src/host/chat/turn';
import { english } from '../../../../src/host/translate';
import { turn } from '../../../helpers/storedTurns';

const TIMING: TurnStats['timing'] = {
  queueMs: 0,
  backoffMs: 0,
  connectMs: 0,
  firstByteMs: 90,
  firstTokenMs: 100,
  totalMs: 200,
};

function answered(costUSD: number | undefined, cacheReadTokens: number, endpointId = 'api'): Turn {
  const usage = { inputTokens: 100, outputTokens: 50, cacheReadTokens, cacheWriteTokens: 0 };
  const stats = { usage, timing: TIMING, costUSD, requestId: undefined, attempts: 1 };
  return fromStored(turn('t', { state: 'done', text: 'x', endpointId, stats }));
}

describe('what a conversation cost', () => {
  it('is added up, with the share that came from the prompt cache', () => {
    expect(costText([answered(0.01, 300), answered(0.02, 0)], english)).toBe(
      'This chat so far. Answers: 2. Tokens in: 500 (60 % from the prompt cache), out: 100. Cost: $0.0300.',
    );
  });

  it('says what is not in it, and that the demo is free', () => {
    expect(costText([answered(0.01, 0), answered(undefined, 0)], english)).toContain(
      'Cost: $0.0100. Without 1 of them, whose model has no price here.',
    );
    expect(costText([answered(undefined, 0)], english)).toContain('not known');
    expect(costText([answered(undefined, 0, 'demo')], english)).toContain('Cost: $0.');
    expect(costText([fromStored(turn('t'))], english)).toBe('This chat has cost nothing yet.');
  });
});

describe('the phases of a turn', () => {
  it('follow each other without gaps from 0 to the total', () => {
    const phases = phaseViews(
      { ...TIMING, queueMs: 10, pacingMs: 5, recoveryMs: 0, backoffMs: 20, connectMs: 15 },
      english,
    );
    expect(phases.map(({ label, durationMs }) => `${label} ${durationMs}`)).toEqual([
      'In the queue 10',
      'For a rate limit 5',
      'Between attempts 20',
      'Connecting 15',
      'Until the first byte 40',
      'Until the first token 10',
      'Streaming 100',
    ]);
    let at = 0;
    for (const { startMs, durationMs } of phases) {
      expect(startMs).toBe(at);
      at += durationMs;
    }
    expect(at).toBe(200);
  });

  it('never go beyond the total, whatever was measured', () => {
    const phases = phaseViews({ ...TIMING, queueMs: 900, firstByteMs: undefined }, english);
    expect(phases).toEqual([{ label: 'In the queue', startMs: 0, durationMs: 200 }]);
  });
});
