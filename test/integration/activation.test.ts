import assert from 'node:assert/strict';
import { activation } from '../helpers/activation';

describe('activation', () => {
  it('waits until somebody needs the extension', () => {
    assert.equal(activation().wasActive, false);
  });

  it('loads at most 150 KB of JavaScript', () => {
    const { files, bytes } = activation();
    assert.ok(files.includes('extension.js'), `seen: ${files.join(', ')}`);
    assert.ok(bytes <= 150_000, `${bytes} bytes in ${files.join(', ')}`);
  });
});
