// Every `[data-map]` element (see templates/components/map.html) becomes a Leaflet map of people and events. The list
// beside the map needs none of this. `make bundle` joins this into static/dist/map.js; Leaflet, its clusters and
// topojson-client are classic scripts in front of it and define the globals L and topojson.

import { PlacesMap } from "./map/places-map.js";

for (const root of document.querySelectorAll("[data-map]")) new PlacesMap(root);
