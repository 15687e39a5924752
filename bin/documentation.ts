/**
 * Declarations without their documentation and the points they are tested at, for bundles that show neither.
 * What stands as the property `doc`, or where a function of the same file takes a parameter of that name, is made empty, and so is the list `at`. It must not know
 * bundlers.
 */

import ts from "typescript"

/** The text of a file of declarations, each documented by "" and tested nowhere. */
export function withoutDocumentation(text: string): string {
  const file = ts.createSourceFile("declarations.ts", text, ts.ScriptTarget.Latest, true)
  const cuts: ts.Node[] = []
  const places = new Map<string, number>()
  for (const statement of file.statements) {
    if (!ts.isFunctionDeclaration(statement) || statement.name === undefined) continue
    const place = statement.parameters.findIndex(({ name }) => name.getText() === "doc")
    if (place >= 0) places.set(statement.name.text, place)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === "doc") cuts.push(node.initializer)
    else if (
      ts.isPropertyAssignment(node) &&
      node.name.getText() === "at" &&
      ts.isArrayLiteralExpression(node.initializer)
    )
      cuts.push(node.initializer)
    else if (ts.isCallExpression(node)) {
      const place = places.get(node.expression.getText())
      const argument = place === undefined ? undefined : node.arguments[place]
      if (argument !== undefined) cuts.push(argument)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  const written = cuts.filter((node) => !ts.isIdentifier(node))
  const emptied = (node: ts.Node): string => (ts.isArrayLiteralExpression(node) ? "[]" : '""')
  return written.reduceRight(
    (rest, node) => `${rest.slice(0, node.getStart())}${emptied(node)}${rest.slice(node.getEnd())}`,
    text,
  )
}
