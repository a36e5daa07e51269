import { describe, expect, it } from 'vitest';
import { placeCode, placing, splicing } from '../../../../src/host/codeActions/placement';

const FILE = `import { a } from './a';

export function first(x: number): number {
  return x + a;
}

class Cart {
  total(): number {
    return 1;
  }

  clear(): void {
    this.items = [];
  }
}

export const last = 3;
`;

function place(code: string, named: Parameters<typeof placeCode>[2] = [], file = FILE) {
  return placeCode(file, code, named);
}

describe('the place of a code block in a file', () => {
  it('is where its diff says, also when lines have moved a little', () => {
    const patch = `--- a/x.ts
+++ b/x.ts
@@ -2,5 +2,5 @@
 
 export function first(x: number): number {
-  return x + a;
+  return x - a;
 }
 `;
    const placed = place(patch);
    expect(placed).toMatchObject({ kind: 'placed', how: 'patch' });
    expect(placed).toHaveProperty('text', FILE.replace('x + a', 'x - a'));
    expect(place(patch, [], `// new\n// lines\n${FILE}`)).toMatchObject({ how: 'patch' });
  });

  it('is the whole file when it begins alike and holds most of it', () => {
    const code = FILE.replace('return 1', 'return 2').trimEnd();
    expect(place(code)).toEqual({ kind: 'placed', how: 'whole', text: `${code}\n` });
    expect(place('a', [], '\n')).toMatchObject({ how: 'whole', text: 'a\n' });
  });

  it('is never the whole file where it leaves something out', () => {
    const code = FILE.replace(/class Cart[\s\S]*?\n}\n/, '// ... existing code ...\n');
    expect(place(code)).toEqual({ kind: 'unknown' });
  });

  it('is between its first and its last line, at the depth of the file', () => {
    const placed = place('clear(): void {\n  this.items.length = 0;\n  this.save();\n}');
    expect(placed).toEqual({
      kind: 'placed',
      how: 'anchored',
      text: FILE.replace(
        '    this.items = [];\n',
        '    this.items.length = 0;\n    this.save();\n',
      ),
    });
  });

  it('is where something of its name is, whose first line has changed', () => {
    const code = 'export async function first(x: bigint): Promise<bigint> {\n  return x;\n}';
    const named = [{ name: 'first', startLine: 2, endLine: 4 }];
    const placed = place(code, named);
    expect(placed).toMatchObject({ kind: 'placed', how: 'named' });
    expect(placed).toHaveProperty('text', FILE.replace(/export function first[\s\S]*?\n}/, code));
    expect(place(code, [...named, ...named])).toEqual({ kind: 'unknown' });
  });

  it('is not known for what is not in the file', () => {
    expect(place('const fresh = 1;')).toEqual({ kind: 'unknown' });
    expect(place('@@ -90,2 +90,2 @@\n-gone\n+here\n')).toEqual({ kind: 'unknown' });
  });

  it('is nowhere for what is there already', () => {
    expect(place(FILE)).toEqual({ kind: 'unchanged' });
  });

  it('keeps the line ends of the file', () => {
    const windows = FILE.replaceAll('\n', '\r\n');
    const placed = place(FILE.replace('return 1', 'return 2'), [], windows);
    expect(placed).toHaveProperty('text', windows.replace('return 1', 'return 2'));
  });
});

describe('a change under review', () => {
  const file = 'function a() {\n  return 1;\n}\n\nfunction b() {\n  return 2;\n}\n';
  // Its first and last line are not those of the file: only the name tells its place.
  const code = 'function b(): number {\n  return 3;\n}';
  const named = [{ name: 'b', startLine: 4, endLine: 6 }];

  it('goes where the name was, while the file is as it was', () => {
    expect(placing(file, code, named)(file)).toBe(
      'function a() {\n  return 1;\n}\n\nfunction b(): number {\n  return 3;\n}\n',
    );
  });

  it('overwrites nothing that moved there meanwhile', () => {
    const changed = `// new\n// lines\n// of text\n// above\n${file}`;
    expect(placing(file, code, named)(changed)).toBeUndefined();
    expect(splicing(file, code, { start: 4, end: 9 })(changed)).toBeUndefined();
    expect(splicing('abc', 'X', { start: 1, end: 2 })('abc')).toBe('aXc');
  });
});
