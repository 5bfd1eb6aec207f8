/** A rectangle on a plot, in pixels from its top left. */
export interface Box {
  readonly leftPixels: number
  readonly topPixels: number
  readonly rightPixels: number
  readonly bottomPixels: number
}

export interface LabelWish {
  readonly text: string
  readonly xPixels: number
  readonly yPixels: number
  /** Half the size of the mark that the label must stay clear of. */
  readonly radiusPixels: number
  readonly widthPixels: number
}

/** Where a label goes: its left end, on its middle line. */
export interface PlacedLabel {
  readonly text: string
  readonly xPixels: number
  readonly yPixels: number
}

export interface Plot {
  readonly widthPixels: number
  readonly heightPixels: number
  readonly fontPixels: number
}

function overlaps(a: Box, b: Box): boolean {
  return a.leftPixels < b.rightPixels && b.leftPixels < a.rightPixels && a.topPixels < b.bottomPixels && b.topPixels < a.bottomPixels
}

/** The square around a round mark. */
export function boxAround(xPixels: number, yPixels: number, radiusPixels: number): Box {
  return {
    leftPixels: xPixels - radiusPixels,
    topPixels: yPixels - radiusPixels,
    rightPixels: xPixels + radiusPixels,
    bottomPixels: yPixels + radiusPixels,
  }
}

/** Small boxes along a straight line, so that labels keep off it. */
export function boxesAlong(x1: number, y1: number, x2: number, y2: number): Box[] {
  const stepCount = Math.max(1, Math.ceil(Math.hypot(x2 - x1, y2 - y1) / 5))
  return Array.from({length: stepCount + 1}, (_, step) => {
    const along = step / stepCount
    return boxAround(x1 + (x2 - x1) * along, y1 + (y2 - y1) * along, 1.5)
  })
}

/** Labels beside their marks where nothing is in the way, first wishes first; a label with no free side is left out. */
export function placeLabels(wishes: readonly LabelWish[], obstacles: readonly Box[], plot: Plot): PlacedLabel[] {
  const taken = [...obstacles, ...wishes.map((wish) => boxAround(wish.xPixels, wish.yPixels, wish.radiusPixels))]
  const placed: PlacedLabel[] = []
  for (const wish of wishes) {
    for (const box of candidateBoxes(wish, plot.fontPixels)) {
      const inside =
        box.leftPixels >= 0 && box.rightPixels <= plot.widthPixels && box.topPixels >= 0 && box.bottomPixels <= plot.heightPixels
      if (!inside || taken.some((other) => overlaps(box, other))) continue
      taken.push(box)
      placed.push({text: wish.text, xPixels: box.leftPixels, yPixels: (box.topPixels + box.bottomPixels) / 2})
      break
    }
  }
  return placed
}

/** Every label beside its mark, clear of the other marks and labels, and of the first list of obstacles that leaves it a side. */
export function placeAllLabels(wishes: readonly LabelWish[], obstacleLists: readonly (readonly Box[])[], plot: Plot): PlacedLabel[] {
  const taken = wishes.map((wish) => boxAround(wish.xPixels, wish.yPixels, wish.radiusPixels))
  return wishes.flatMap((wish) => {
    const label = obstacleLists.flatMap((obstacles) => placeLabels([wish], [...taken, ...obstacles], plot)).at(0)
    if (label === undefined) return []
    const half = plot.fontPixels * 0.55
    const {xPixels, yPixels} = label
    taken.push({leftPixels: xPixels, rightPixels: xPixels + wish.widthPixels, topPixels: yPixels - half, bottomPixels: yPixels + half})
    return [label]
  })
}

/** Right, left, below, above, then the corners. */
function candidateBoxes(wish: LabelWish, fontPixels: number): Box[] {
  const {xPixels: x, yPixels: y, widthPixels: width, radiusPixels: radius} = wish
  const gap = fontPixels * 0.25
  const half = fontPixels * 0.55
  const [right, left, middle] = [x + radius + gap, x - radius - gap - width, x - width / 2]
  const [below, above] = [y + radius + half, y - radius - half]
  const spots: readonly (readonly [number, number])[] = [
    [right, y],
    [left, y],
    [middle, below],
    [middle, above],
    [right, below],
    [left, below],
    [right, above],
    [left, above],
  ]
  return spots.map(([leftPixels, centre]) => ({
    leftPixels,
    topPixels: centre - half,
    rightPixels: leftPixels + width,
    bottomPixels: centre + half,
  }))
}
