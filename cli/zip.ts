/**
 * Compression and decompression, in a bundle of their own: the tables they begin with take as long to make as a short program to run.
 * It must not be imported, but loaded through `beside.ts`.
 */

export { unzipSync, zipSync } from "fflate/browser"
