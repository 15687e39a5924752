/**
 * Letters that keyboards lack, by the names TeX gave them: `\alpha` and Tab is α.
 * Only what may stand in a name of the language is here. It must not know where the text is.
 */

const greek =
  "alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ omicron ο pi π rho ρ sigma σ tau τ " +
  "upsilon υ phi φ chi χ psi ψ omega ω varepsilon ϵ vartheta ϑ varphi ϕ varrho ϱ varsigma ς varpi ϖ varkappa ϰ " +
  "Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω"

const others =
  "hbar ħ ell ℓ aleph ℵ ae æ oe œ o ø aa å ss ß AE Æ OE Œ O Ø AA Å imath ı jmath ȷ " +
  "_0 ₀ _1 ₁ _2 ₂ _3 ₃ _4 ₄ _5 ₅ _6 ₆ _7 ₇ _8 ₈ _9 ₉ ^0 ⁰ ^1 ¹ ^2 ² ^3 ³ ^4 ⁴ ^5 ⁵ ^6 ⁶ ^7 ⁷ ^8 ⁸ ^9 ⁹ " +
  "hat \u0302 bar \u0304 tilde \u0303 dot \u0307 ddot \u0308 vec \u20d7 prime ʹ"

/** Letters by name. */
export const letters: ReadonlyMap<string, string> = new Map(
  [...`${greek} ${others}`.matchAll(/(\S+) (\S+)/gu)].map((found) => [found[1]!, found[2]!]),
)

const written = /\\([A-Za-z]+|[_^][0-9]?)$/

/** The name after a backslash that ends at the cursor, or null: `\alp` is being written. */
export function letterBefore(text: string, cursor: number): { start: number; name: string } | null {
  const found = written.exec(text.slice(Math.max(0, cursor - 20), cursor))
  return found === null ? null : { start: cursor - found[0].length, name: found[1]! }
}
