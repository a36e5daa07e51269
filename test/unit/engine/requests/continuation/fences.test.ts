import { describe, expect, test } from 'vitest';
import { openFence } from '../../../../../src/engine/requests/continuation/fences';

describe('openFence', () => {
  test.each([
    ['text only', 'One\nTwo', undefined],
    ['an open block', 'One\n```ts\nlet', '```ts'],
    ['a closed block', '```ts\nlet\n```\n', undefined],
    ['a closed block without its line end', '```ts\nlet\n```', undefined],
    ['tildes, which backticks do not close', '~~~\n```\n', '~~~'],
    ['longer marks, which shorter ones do not close', '````md\n```ts\nlet\n```\n', '````md'],
    ['marks with a language, which close nothing', '```ts\n```js\n', '```ts'],
    ['a block in a list', '1. One\n\n   ```sh\n   ls', '```sh'],
    ['a block in a quotation', '> ```sh\n> ls', '```sh'],
    ['code inside of a line', '```let``` is\nno block', undefined],
  ])('reads %s', (_, text, expected) => {
    const open = openFence(text);
    expect(open && open.character.repeat(open.length) + open.info).toBe(expected);
  });
});
