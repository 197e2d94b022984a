// Longitudes the short way round: the world goes on beyond 180°, so that Suva and Apia are neighbours (RFC 7946, 5.2).

const HALF = 180;
const TURN = 360;

/** Longitudes by value, of which the western ones go on beyond 180° where all of them then fit into half of the world. */
export function unrolled(longitudes) {
  const sorted = [...new Set(longitudes)].sort((one, other) => one - other);
  const gap = sorted.findIndex((lng, index) => index > 0 && lng - sorted[index - 1] > HALF);
  const first = gap > 0 ? sorted[gap] : -HALF;
  return new Map(sorted.map((lng) => [lng, lng < first ? lng + TURN : lng]));
}

/** The longitude of the same meridian that is nearest to the one in the middle of the map. */
export function nearest(lng, middle) {
  return lng + TURN * Math.round((middle - lng) / TURN);
}
