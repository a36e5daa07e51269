/** An answer that someone thought something of. */
export interface AnswerName {
  /** The turn's id. */
  readonly id: string;
  readonly model: string;
}

/** What readers think of answers, for the metrics. Neither call throws. */
export interface Reactions {
  /** `undefined`: the thumb is taken back. */
  rated(answer: AnswerName, rating: 'up' | 'down' | undefined): void;
  /** Something of it was taken over. */
  accepted(answer: AnswerName): void;
}
