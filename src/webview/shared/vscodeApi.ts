/** The part of VS Code's webview API that is used here. */
export interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  /** Provided by VS Code; may be called once. */
  function acquireVsCodeApi(): VsCodeApi;
}
