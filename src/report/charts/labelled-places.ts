/** Bars one under the other, whose labels stand in so many pixels left of the axis in place of its own. */
export function labelledPlaces(extentPixels: number) {
  return {
    field: 'placeIndex',
    type: 'ordinal',
    title: null,
    scale: {paddingInner: 0.3, paddingOuter: 0.2},
    axis: {labels: false, ticks: false, domain: false, minExtent: extentPixels, maxExtent: extentPixels},
  } as const
}
