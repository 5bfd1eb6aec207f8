import {yaml} from './yaml-library.js'

/** Text of plain data as YAML, short lists and maps on one line, under comment lines. */
export function yamlText(data: unknown, comments: readonly string[] = []): string {
  const {Document, isScalar, visit} = yaml()
  const document = new Document(data)
  visit(document, {
    Map(_, node) {
      if (node.items.every(({value}) => isScalar(value)) && node !== document.contents) node.flow = true
    },
    Seq(_, node) {
      if (node.items.every(isScalar)) node.flow = true
    },
  })
  document.commentBefore = comments.map((line) => ` ${line}`).join('\n')
  return document.toString({lineWidth: 200})
}
