/**
 * The names that patterns bind.
 * A name is bound once in a pattern, and every alternative binds the same ones; in `match` a bare name may be a variant. It must not know what patterns become.
 */

import type * as ast from "../ast.ts"
import { faults, warnings } from "../report/catalogue.ts"
import type { Span } from "../report/span.ts"
import { Variable, type BlockFacts } from "../scope.ts"
import { subpatterns } from "./names.ts"
import { ResolverState } from "./resolvestate.ts"

/** The names one pattern binds; in a later alternative the same names are the `twins` of the first. */
interface PatternNames {
  readonly into: Map<string, Variable>
  readonly twins: ReadonlyMap<string, Variable> | null
}

interface DefinedAt {
  readonly block?: BlockFacts
  readonly index?: number
}

/** Resolves patterns. */
export class PatternResolver extends ResolverState {
  /** Defines the names of a pattern; `into` gathers those of a whole parameter list. */
  pattern(
    pattern: ast.Pattern,
    binder: "let" | "param" | "loop" | "match",
    into = new Map<string, Variable>(),
    at: DefinedAt = {},
  ): readonly Variable[] {
    const found: Variable[] = []
    const bind = (key: object, name: string, span: Span, names: PatternNames): void => {
      const variable = names.twins?.get(name) ?? new Variable(name, binder, span, this.place.realm, at)
      this.facts.variables.set(key, variable)
      if (names.into.has(name)) this.fault(faults.duplicateBinding(name), span)
      else names.into.set(name, variable)
      if (!names.twins?.has(name)) found.push(variable)
    }
    const walk = (node: ast.Pattern, names: PatternNames): void => {
      if (node.kind === "namePattern") {
        const meaning = binder === "match" ? this.names.find(node.name) : undefined
        if (meaning?.kind === "variant") this.facts.variants.set(node, meaning.variant)
        else {
          if (binder === "match" && /^\p{Lu}/u.test(node.name)) this.warn(warnings.capitalBinding(node.name), node.span)
          bind(node, node.name, node.span, names)
        }
      } else if (node.kind === "orPattern") {
        this.alternatives(node, names, walk)
      } else {
        if (node.kind === "variantPattern") this.variantPattern(node)
        for (const part of subpatterns(node)) walk(part, names)
        if (node.kind === "arrayPattern" && node.rest?.name != null)
          bind(node.rest, node.rest.name, node.rest.span, names)
      }
    }
    walk(pattern, { into, twins: null })
    for (const variable of found) this.names.define(variable.name, variable)
    return found
  }

  /** Every alternative binds the same names, and each name is one variable. */
  private alternatives(
    node: ast.OrPattern,
    names: PatternNames,
    walk: (node: ast.Pattern, names: PatternNames) => void,
  ): void {
    const [head, ...others] = node.alternatives
    if (head === undefined) return
    const first = new Map<string, Variable>()
    walk(head, { into: first, twins: names.twins })
    const twins = new Map([...(names.twins ?? []), ...first])
    for (const other of others) {
      const own = new Map<string, Variable>()
      walk(other, { into: own, twins })
      for (const name of own.keys()) if (!first.has(name)) this.fault(faults.alternativesDiffer(name), other.span)
      for (const name of first.keys()) if (!own.has(name)) this.fault(faults.alternativesDiffer(name), other.span)
    }
    for (const [name, variable] of first) {
      if (names.into.has(name)) this.fault(faults.duplicateBinding(name), node.span)
      else names.into.set(name, variable)
    }
  }

  private variantPattern(node: ast.VariantPattern): void {
    const meaning = this.names.find(node.name)
    if (meaning?.kind !== "variant") {
      const variants = [...this.candidates()].filter((name) => this.names.find(name)?.kind === "variant")
      this.fault(faults.unknownVariant(node.name, variants), node.nameSpan)
      return
    }
    const { variant } = meaning
    this.facts.variants.set(node, variant)
    const positional = node.fields.filter((field) => field.name === null).length
    const named = node.fields.length > positional
    if (named ? positional > variant.fields.length : positional !== variant.fields.length)
      this.fault(faults.variantFields(variant.name, variant.fields.length, node.fields.length), node.span)
    const seen = new Set(variant.fields.slice(0, positional))
    for (const { name, nameSpan } of node.fields) {
      if (name === null) continue
      if (!variant.fields.includes(name))
        this.fault(faults.noVariantField(variant.name, name, variant.fields), nameSpan)
      else if (seen.has(name)) this.fault(faults.duplicateField(name), nameSpan)
      seen.add(name)
    }
  }
}
