// What a map shows at first: most of the people, those around their middle.

const SHARE = 0.75;

/** The coordinate that has as many people on one side as on the other. */
function weightedMedian(places, field) {
  let left = places.reduce((sum, place) => sum + place.people, 0) / 2;
  for (const place of [...places].sort((one, other) => one[field] - other[field])) {
    left -= place.people;
    if (left <= 0) return place[field];
  }
}

/** Positions of the places nearest to the middle that hold the share of the people. */
export function firstPositions(places) {
  const total = places.reduce((sum, place) => sum + place.people, 0);
  const middle = { lat: weightedMedian(places, "lat"), lng: weightedMedian(places, "lng") };
  const distance = (place) => Math.hypot(place.lat - middle.lat, (place.lng - middle.lng) / 2);
  const positions = [];
  let people = 0;
  for (const place of [...places].sort((one, other) => distance(one) - distance(other))) {
    positions.push([place.lat, place.lng]);
    people += place.people;
    if (people >= total * SHARE) break;
  }
  return positions;
}
