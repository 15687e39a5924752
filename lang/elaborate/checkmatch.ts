/**
 * Can every arm of a `match` be reached, and is a variant forgotten?
 * Only what is certain is said: an arm is unreachable after one without guard that fits all it fits, a variant is forgotten if no arm names it.
 * It must not know values.
 */

import type { MatchExpr, Pattern } from "../ast.ts"
import { subpatterns } from "./names.ts"
import { warnings } from "../report/catalogue.ts"
import type { FaultText } from "../report/fault.ts"
import type { Span } from "../report/span.ts"
import type { Facts } from "../scope.ts"
import type { VariantInfo } from "../core.ts"

/** Reports arms that are never reached and variants that no arm fits. */
export function matchWarnings(node: MatchExpr, facts: Facts, report: (text: FaultText, span: Span) => void): void {
  const covered = new Set<VariantInfo | number | string | boolean | null>()
  let everything = false
  let type: VariantInfo["type"] | null = null
  const named = new Set<VariantInfo>()
  for (const arm of node.arms) {
    const heads = alternatives(arm.pattern)
    if (everything || heads.every((head) => isCovered(head, facts, covered)))
      report(warnings.unreachable(), arm.pattern.span)
    for (const head of heads) {
      const variant = facts.variants.get(head)
      if (variant !== undefined) {
        type ??= variant.type
        named.add(variant)
      }
      if (arm.guard !== null) continue
      if (fitsAll(head, facts)) everything = true
      else if (head.kind === "literalPattern") covered.add(head.value)
      else if (variant !== undefined && subpatterns(head).every((part) => fitsAll(part, facts))) covered.add(variant)
    }
    if (type !== null && type.variants.every((variant) => covered.has(variant))) everything = true
  }
  if (everything || type === null) return
  const forgotten = type.variants.filter((variant) => !named.has(variant)).map((variant) => variant.name)
  if (forgotten.length > 0) report(warnings.missingVariants(forgotten), node.subject.span)
}

function isCovered(head: Pattern, facts: Facts, covered: ReadonlySet<unknown>): boolean {
  if (head.kind === "literalPattern") return covered.has(head.value)
  const variant = facts.variants.get(head)
  return variant !== undefined && covered.has(variant)
}

function alternatives(pattern: Pattern): readonly Pattern[] {
  return pattern.kind === "orPattern" ? pattern.alternatives.flatMap(alternatives) : [pattern]
}

/** True if the pattern fits every value. */
export function fitsAll(pattern: Pattern, facts: Facts): boolean {
  if (pattern.kind === "wildcard") return true
  if (pattern.kind === "namePattern") return !facts.variants.has(pattern)
  return pattern.kind === "orPattern" && pattern.alternatives.some((part) => fitsAll(part, facts))
}
