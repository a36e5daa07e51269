/** The little of opossum that the bench uses: it comes without types. */
declare module 'opossum' {
  class CircuitBreaker<T> {
    constructor(
      action: () => Promise<T>,
      options: { readonly timeout: number | false; readonly volumeThreshold?: number },
    );
    fire(): Promise<T>;
    shutdown(): void;
  }
  export = CircuitBreaker;
}
