declare module 'commonmark-spec' {
  export const tests: readonly {
    /** Tabs are written as arrows. */
    readonly markdown: string;
    readonly section: string;
    readonly number: number;
  }[];
}
