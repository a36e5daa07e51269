import type { TurnView } from '../../../src/protocol/turn';
import { benchTurn } from '../lib/benchConversation';
import { MarkedWriter } from '../lib/markedText';
import { prose, writeCode, writeSection } from '../render/renderInputs';

const LONG_REPLY = 150_000;

export interface LongConversation {
  readonly turns: TurnView[];
  /** Marks in all replies together; they are numbered through. */
  readonly marks: number;
}

/** Answers of 0.5 to 3 KB, some 1.5 KB on average, and in the middle one of 150 KB. */
export function longConversation(count: number): LongConversation {
  const writer = new MarkedWriter(3);
  const starts: number[] = [];
  const long = Math.floor(count / 2);
  for (let index = 0; index < count; index++) {
    starts.push(writer.length);
    writeAnswer(writer, index);
    if (index !== long) continue;
    for (let section = 0; writer.length - (starts[long] ?? 0) < LONG_REPLY; section++) {
      writeSection(writer, section);
    }
  }
  const { text, markEnds } = writer.done();
  const turns = starts.map((start, index) =>
    benchTurn(`turn${index}`, { state: 'done', text: text.slice(start, starts[index + 1]) }),
  );
  return { turns, marks: markEnds.length };
}

function writeAnswer(writer: MarkedWriter, index: number): void {
  writer.write(`${prose(writer, 60)}\n\n`);
  switch (index % 5) {
    case 0:
      writeSection(writer, index);
      return;
    case 1:
      for (let item = 0; item < 8; item++) writer.write(`${item + 1}. ${prose(writer, 12)}\n`);
      return;
    case 2:
      writeCode(writer, ['ts', 'python', 'bash', 'json'][index % 4] ?? 'ts', 20);
      writer.write(`\n${prose(writer, 30)}\n`);
      return;
    default:
      writer.write(`${prose(writer, 70)}\n\n${prose(writer, 40)}\n`);
  }
}
