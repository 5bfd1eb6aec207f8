import {yaml} from './yaml-library.js'

/** Text of plain data as YAML under comment lines, maps of single values on one line; of short descriptions also lists, and maps of lists. */
export function yamlText(data: unknown, comments: readonly string[] = [], isShort = false): string {
  const {Document, isMap, isNode, isScalar, isSeq, visit} = yaml()
  const document = new Document(data)
  const isSingle = (node: unknown): boolean => isScalar(node) || (isShort && isSeq(node) && node.items.every((item) => isScalar(item)))
  visit(document, {
    Seq(_, node) {
      if (isSingle(node)) node.flow = true
    },
    Map(_, node) {
      if (isMap(node) && node !== document.contents && node.items.every(({value}) => isNode(value) && isSingle(value))) node.flow = true
    },
  })
  document.commentBefore = comments.map((line) => ` ${line}`).join('\n')
  return document.toString({lineWidth: 200, flowCollectionPadding: !isShort})
}
