/**
 * `adl-lang/worker`: an engine in a worker, for browsers and Node.
 * Nothing here loads the language: that is in the worker. Nothing imports Node.
 */

export {
  createWorkerEngine,
  WorkerEngine,
  WorkerModule,
  WorkerSession,
  WorkerValue,
  type Abortable,
  type WorkerEngineOptions,
  type WorkerFunction,
} from "./client.ts"
export { AdlError } from "../error.ts"
export type { Diagnostic, DiagnosticSpan } from "../error.ts"
export type { Wrt } from "../function.ts"
export type { WorkerHost } from "./offered.ts"
export type { Serialized } from "../serialform.ts"
