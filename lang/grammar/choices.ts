/**
 * What each choice of the grammar can begin with, by rule, kind and number: names of the types of tokens.
 * Generated from the rules by `npm run grammar`; a test holds it up to date. It must not be edited by hand.
 */

/** The types that begin each alternative, each optional part, each repeated part. */
export interface RuleChoices {
  readonly OR?: readonly (readonly string[])[]
  readonly OPTION?: readonly string[]
  readonly MANY?: readonly string[]
}

export const choices: Readonly<Record<string, RuleChoices>> = {
  pattern: {
    MANY: ["Bar"],
  },
  simplePattern: {
    OR: [
      [
        "Name Parameter",
        "Prefix",
        "NumberWord",
        "StringWhole",
        "True",
        "False",
        "LParen LambdaParen",
        "LBracket IndexBracket",
        "LBrace BodyBrace",
      ],
      ["LParen", "LambdaParen"],
    ],
    MANY: [
      "Name Parameter Prefix NumberWord StringWhole True False LParen LambdaParen LBracket IndexBracket LBrace BodyBrace",
    ],
    OPTION: ["Comma"],
  },
  namedPattern: {
    OR: [["Name", "Parameter"]],
    MANY: [
      "Dot",
      "Label Name Parameter Prefix NumberWord StringWhole True False LParen LambdaParen LBracket IndexBracket LBrace BodyBrace",
    ],
    OPTION: ["CallParen", "Label", "Comma"],
  },
  arrayPattern: {
    OR: [
      ["LBracket", "IndexBracket"],
      [
        "Spread",
        "Name Parameter Prefix NumberWord StringWhole True False LParen LambdaParen LBracket IndexBracket LBrace BodyBrace",
      ],
      ["Name", "Parameter"],
    ],
    MANY: [
      "Spread Name Parameter Prefix NumberWord StringWhole True False LParen LambdaParen LBracket IndexBracket LBrace BodyBrace",
    ],
    OPTION: ["Name Parameter", "Comma"],
  },
  recordPattern: {
    OR: [
      ["LBrace", "BodyBrace"],
      ["Label", "Name"],
    ],
    MANY: ["Label Name"],
    OPTION: ["Comma"],
  },
  parenthesis: {
    OR: [
      ["LParen", "LambdaParen"],
      [
        "Name Parameter Prefix NumberWord StringWhole True False LParen LambdaParen LBracket IndexBracket LBrace BodyBrace RParen",
        "Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False RParen",
      ],
    ],
  },
  grouped: {
    MANY: [
      "Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
    ],
    OPTION: ["Comma"],
  },
  parameters: {
    MANY: [
      "Name Parameter Prefix NumberWord StringWhole True False LParen LambdaParen LBracket IndexBracket LBrace BodyBrace",
    ],
    OPTION: ["Assign", "Comma"],
  },
  call: {
    MANY: [
      "Label Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
    ],
    OPTION: ["Label", "For", "Comma"],
  },
  clauses: {
    MANY: ["Comma"],
    OPTION: [
      "Name Parameter Prefix NumberWord StringWhole True False LParen LambdaParen LBracket IndexBracket LBrace BodyBrace",
      "If",
      "Comma",
    ],
  },
  array: {
    MANY: [
      "Spread Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
    ],
    OR: [
      [
        "Spread",
        "Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
      ],
    ],
    OPTION: ["For", "Comma"],
  },
  index: {
    MANY: [
      "OpenRange Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
    ],
    OR: [
      [
        "OpenRange",
        "Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
      ],
    ],
    OPTION: [
      "Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
      "OpenRange",
      "Comma",
    ],
  },
  record: {
    MANY: ["Label Name Spread"],
    OR: [["Label", "Name", "Spread"]],
    OPTION: ["Comma"],
  },
  interpolation: {
    MANY: ["StringMiddle"],
  },
  expression: {
    MANY: ["Prefix", "Operator", "Prefix"],
  },
  operand: {
    OR: [
      [
        "Name",
        "NumberWord",
        "LParen LambdaParen",
        "Parameter",
        "LBracket",
        "LBrace",
        "StringWhole",
        "StringOpen",
        "If",
        "Match",
        "Do",
        "BodyBrace",
        "True",
        "False",
      ],
      ["CallParen", "Dot", "IndexBracket", "Prime"],
    ],
    MANY: ["CallParen Dot IndexBracket Prime"],
  },
  parameterLambda: {
    OPTION: ["Arrow"],
  },
  ifExpression: {
    MANY: ["ElseIf"],
    OPTION: ["Else"],
  },
  matchExpression: {
    MANY: [
      "Name Parameter Prefix NumberWord StringWhole True False LParen LambdaParen LBracket IndexBracket LBrace BodyBrace",
    ],
    OPTION: ["Newline Comma"],
    OR: [["Newline", "Comma"]],
  },
  arm: {
    OPTION: ["If"],
  },
  statements: {
    MANY: [
      "Newline Semicolon Let Var Fn For While Break Continue Return Type Import Test Bench Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
    ],
    OR: [
      [
        "Newline",
        "Semicolon",
        "Let Var Fn For While Break Continue Return Type Import Test Bench Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
      ],
    ],
  },
  statement: {
    OR: [
      [
        "Let",
        "Var",
        "Fn",
        "For",
        "While",
        "Break Continue Return",
        "Type",
        "Import",
        "Test Bench",
        "Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
      ],
    ],
  },
  fnStatement: {
    OR: [["Assign", "LBrace"]],
  },
  exitStatement: {
    OR: [["Break", "Continue", "Return"]],
    OPTION: [
      "Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
    ],
  },
  typeStatement: {
    OPTION: ["Bar"],
    MANY: ["Bar"],
  },
  variant: {
    OPTION: ["CallParen", "Comma"],
    MANY: ["Name"],
  },
  importStatement: {
    OR: [["StringWhole", "LBrace"]],
    MANY: ["Name"],
    OPTION: ["As", "Comma"],
  },
  blockStatement: {
    OR: [["Test", "Bench"]],
  },
  expressionStatement: {
    OPTION: [
      "Assign AssignOperator",
      "Prefix Name NumberWord LParen LambdaParen Parameter LBracket LBrace StringWhole StringOpen If Match Do BodyBrace True False",
    ],
    OR: [["Assign", "AssignOperator"]],
  },
}
