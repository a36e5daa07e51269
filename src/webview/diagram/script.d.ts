/** The script of main.ts with all that it needs, as text: esbuild.mjs builds it. */
declare module 'diagram-script' {
  const script: string;
  export default script;
}
