// What the server packs of an organisation, and the tree that follows from depths in preorder.

export const NO_RANK = 255;
export const ACTIVE = 8;

export function unpacked(buffer) {
  const head = new DataView(buffer);
  const count = head.getUint32(0, true);
  const wide = head.getUint8(4) === 2;
  const volumes = head.getUint8(5);
  let at = 8;
  const column = (bytes) => {
    const part = buffer.slice(at, at + count * bytes);
    at += count * bytes;
    return bytes === 2 ? new Uint16Array(part) : new Uint8Array(part);
  };
  const depth = column(wide ? 2 : 1);
  const rank = column(1);
  const flags = column(1);
  const shades = Array.from({ length: volumes }, () => column(1));
  return { count, depth, rank, flags, shades, ...relations(depth) };
}

// The one above is the last met on the level above; a group is counted from its end.
function relations(depth) {
  const count = depth.length;
  const parent = new Int32Array(count).fill(-1);
  const size = new Int32Array(count).fill(1);
  const last = [];
  let levels = 0;
  for (let i = 0; i < count; i += 1) {
    const level = depth[i];
    parent[i] = level ? last[level - 1] : -1;
    last[level] = i;
    if (level >= levels) levels = level + 1;
  }
  for (let i = count - 1; i > 0; i -= 1) if (parent[i] >= 0) size[parent[i]] += size[i];
  return { parent, size, levels };
}

export function firstChild(tree, i) {
  return tree.size[i] > 1 ? i + 1 : -1;
}

export function sibling(tree, i, way) {
  const above = tree.parent[i];
  if (above < 0) return -1;
  const after = i + tree.size[i];
  if (way > 0) return after < above + tree.size[above] ? after : -1;
  if (i === above + 1) return -1;
  let before = i - 1;
  while (tree.parent[before] !== above) before = tree.parent[before];
  return before;
}

// Who stands on a row at a place of the width: the one there, or someone above.
export function memberAt(tree, place, row) {
  let i = Math.floor(place);
  if (i < 0 || i >= tree.count || row < 0) return -1;
  if (tree.depth[i] < row) return -1;
  while (tree.depth[i] > row) i = tree.parent[i];
  return i;
}
