/** Named in every stored space: it goes up whenever the same inputs would give other numbers. */
export const modelVersion = '4'
