/** The execution resources that machines offer and work asks for: matrix products, element arithmetic, exponentials and roots. */
export const unitKinds = ['matrix', 'vector', 'special'] as const
export type UnitKind = (typeof unitKinds)[number]

/** What a tensor holds; precision is chosen, and memory levels may be bypassed, by class. */
export const tensorClasses = ['weights', 'activations', 'kvCache', 'optimizerState'] as const
export type TensorClass = (typeof tensorClasses)[number]

/** What a memory level may keep: what is only read, by its class, and what results are added to. */
export const tensorRoles = [...tensorClasses, 'outputs'] as const
export type TensorRole = (typeof tensorRoles)[number]
