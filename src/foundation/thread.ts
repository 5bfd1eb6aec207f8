import {createRequire} from 'node:module'
import {parentPort, type ResourceLimits, type TransferListItem, Worker} from 'node:worker_threads'
import {UserError} from './user-error.js'

/** What a thread says to a request, and the buffers that move with it instead of being copied. */
export interface Answer<Result> {
  readonly result: Result
  readonly moved?: readonly ArrayBuffer[]
}

/** A thread that answers requests one after the other. */
export interface Thread<Request, Result> {
  readonly ask: (request: Request, moved?: readonly ArrayBuffer[]) => Promise<Result>
  readonly end: () => Promise<void>
}

export interface ThreadOptions {
  /** What the thread's module finds as `workerData`. */
  readonly data: unknown
  readonly limits?: ResourceLimits | undefined
}

type Reply<Result> = {readonly result: Result} | {readonly fault: Fault}

/** An error in a form that crosses from thread to thread. */
interface Fault {
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** Of a `UserError`. */
  readonly options: {readonly code: string; readonly suggestions: readonly string[]; readonly exitCode: number} | undefined
}

/** Starts a thread on a built module, named by its path from the sources' folder; sources that run unbuilt start the same. */
export function startThread<Request, Result>(module: string, {data, limits}: ThreadOptions): Thread<Request, Result> {
  const worker = new Worker(createRequire(import.meta.url).resolve(`#ridge/${module}`), {
    workerData: data,
    ...(limits === undefined ? {} : {resourceLimits: limits}),
  })
  const waiting: {readonly resolve: (result: Result) => void; readonly reject: (error: Error) => void}[] = []
  let ended: Error | undefined
  const fail = (error: Error): void => {
    ended ??= error
    for (const {reject} of waiting.splice(0)) reject(ended)
  }
  worker.on('message', (reply: Reply<Result>) => {
    const asked = waiting.shift()
    if ('fault' in reply) asked?.reject(errorOf(reply.fault))
    else asked?.resolve(reply.result)
  })
  worker.on('error', fail)
  worker.on('exit', (code) => fail(new Error(`the thread ended with code ${code}`)))
  return {
    ask: (request, moved = []) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended)
        waiting.push({resolve, reject})
        worker.postMessage(request, [...moved])
      }),
    end: async () => {
      await worker.terminate()
    },
  }
}

/** In a thread: answers every request with what `answer` makes of it, or with the error that it throws. */
export function answerRequests<Request, Result>(answer: (request: Request) => Answer<Result>): void {
  parentPort!.on('message', (request: Request) => {
    try {
      const {result, moved = []} = answer(request)
      parentPort!.postMessage({result} satisfies Reply<Result>, moved as readonly TransferListItem[])
    } catch (error) {
      parentPort!.postMessage({fault: faultOf(error)} satisfies Reply<Result>)
    }
  })
}

function faultOf(error: unknown): Fault {
  const {name, message, stack} = error instanceof Error ? error : new Error(String(error))
  const options = error instanceof UserError ? {code: error.code, suggestions: error.suggestions, exitCode: error.exitCode} : undefined
  return {name, message, stack, options}
}

function errorOf({name, message, stack, options}: Fault): Error {
  const error = options === undefined ? new Error(message) : new UserError(message, options)
  return Object.assign(error, {name, stack})
}
