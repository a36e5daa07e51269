import { faultHelp } from '../faults/faultSpec';
import { SHAPE_HELP } from '../streamShape';
import { asking, fence } from './topic';
import type { Topic } from './topic';

function list(): string {
  return faultHelp()
    .map(([name, summary]) => `- \`${name}\`: ${summary}`)
    .join('\n');
}

export const faultsTopic: Topic = {
  ask: 'faults',
  shows: 'everything that can go wrong on demand',
  showsInChinese: '可以按需触发的全部故障',
  pattern: asking('faults?|errors?|what can go wrong'),
  answer: () => ({
    text: `## A bad day on demand

Put a mark into any question and the simulator misbehaves in that way:

${fence('text', `hello [[fault overload]]\nmarkdown [[fault stall after=20 pings=yes]]\nlong 20 [[fault reset after=50 times=1]]`)}

${list()}

\`after=N\` counts pieces of the answer that came before. \`times=N\` lets the request after N failures through, so that retries can be seen to work. \`seconds=N\` ends a stall.

An outage that all later questions meet, or a script of several:

${fence('text', `hello [[outage 30s overload]]\nhello [[script overload for 30s; 20% reset after=5 for 60s; ok]]`)}

An answer that broke off goes on when you ask for it; with a mark in the question, as clumsily as models do at times:

${fence('text', `long 20 [[fault reset after=50]] [[continuation repeat]]`)}

How the stream looks can be changed too, with \`[[shape ...]]\`:

${fence('text', SHAPE_HELP)}`,
  }),
};
