/** The execution resources that machines offer and work asks for: matrix products, element arithmetic, exponentials and roots. */
export const unitKinds = ['matrix', 'vector', 'special'] as const
export type UnitKind = (typeof unitKinds)[number]

/** What a tensor holds; precision is chosen, and memory levels may be bypassed, by class. */
export const tensorClasses = ['weights', 'activations', 'kvCache', 'optimizerState'] as const
export type TensorClass = (typeof tensorClasses)[number]

/** The parts that tensors play in a product; memories beside multiply-adders are often made for one of them. */
export const operandRoles = ['inputs', 'weights', 'outputs'] as const
export type OperandRole = (typeof operandRoles)[number]
