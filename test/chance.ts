/**
 * Choices that a seed makes: the same seed makes the same ones.
 * It must not know what is chosen.
 */

export type Choice = readonly [weight: number, write: () => string]

export class Chance {
  private state: number

  constructor(seed: number) {
    this.state = (Math.imul(seed, 2654435761) + 12345) >>> 0
  }

  protected random(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  protected below(n: number): number {
    return Math.floor(this.random() * n)
  }

  protected chance(p: number): boolean {
    return this.random() < p
  }

  protected pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  protected choose(choices: readonly Choice[]): string {
    let at = this.random() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, write] of choices) if ((at -= weight) < 0) return write()
    return choices[0]![1]()
  }
}
