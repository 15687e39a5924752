/**
 * Naive Fibonacci numbers by hand: what a function call costs in plain JavaScript.
 * Nothing is differentiated here.
 * It must not know how it is timed.
 */

/** The n-th Fibonacci number, by two calls. */
export function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2)
}
