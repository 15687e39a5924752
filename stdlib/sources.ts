/**
 * The texts of the standard modules, by specifier.
 * Generated from the `.adl` files of this folder by `npm run stdlib`; a test holds it up to date. It must not be edited by hand.
 */

export const sources: ReadonlyMap<string, string> = new Map<string, string>([])
