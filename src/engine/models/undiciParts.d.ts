/**
 * Parts of undici taken by their paths. Its index would bring all of it and, once loaded, put its own agent in the place of
 * everybody's `fetch` in the process.
 */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export default Pool;
}
declare module 'undici/lib/core/connect.js' {
  import { buildConnector } from 'undici';
  export default buildConnector;
}
