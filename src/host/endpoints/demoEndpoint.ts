/** Endpoint id of the demo: what it answers is free and never taken for Claude's. */
export const DEMO_ENDPOINT_ID = 'demo';
