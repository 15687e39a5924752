/**
 * Stands in for `lang/grammar/recognizer.ts` while the rules of the grammar are read: Chevrotain's parser, which also checks them.
 * It must not be used to read programs.
 */

import { EmbeddedActionsParser, type Rule } from "chevrotain"
import { VOCABULARY } from "../../lang/tokens.ts"

export class Recognizer extends EmbeddedActionsParser {
  constructor() {
    super(VOCABULARY, { maxLookahead: 1, recoveryEnabled: false })
  }

  /** All rules by name; an error where one is ambiguous or begins with itself. */
  analysed(): Readonly<Record<string, Rule>> {
    this.performSelfAnalysis()
    return this.getGAstProductions()
  }
}

/** Nothing is read, so nothing mismatches. */
export const Mismatch = null
