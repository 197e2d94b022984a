// The Leaflet map under everything: its options, controls, panes and base map.

import { BaseMap } from "./base-map.js";

export const reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
const coarsePointer = window.matchMedia("(pointer: coarse)");

const REACH = 200; // degrees on either side of the middle

function worldAround(middle) {
  return [
    [-62, middle - REACH],
    [85, middle + REACH],
  ];
}

/** Let the map be moved over the half of the world that holds the places, also across 180°. */
export function fitWorld(map, places) {
  map.setMaxBounds(worldAround(places.some((place) => place.lng > 180) ? 180 : 0));
}

/** A Leaflet map and its base layer for a `[data-map]` element. */
export function createMap(root) {
  const canvas = root.querySelector("[data-map-canvas]");
  const moving = !reducedMotion.matches;
  const isMain = "wheel" in root.dataset;
  const map = L.map(canvas, {
    attributionControl: false,
    zoomControl: false,
    minZoom: canvas.clientWidth > 600 ? 2 : 1,
    maxZoom: Number(root.dataset.maxZoom) || 11,
    maxBounds: worldAround(0),
    maxBoundsViscosity: 0.8,
    scrollWheelZoom: isMain,
    dragging: isMain || !coarsePointer.matches, // a thumb that scrolls the page must not be caught
    zoomAnimation: moving,
    fadeAnimation: false,
    markerZoomAnimation: moving,
    inertia: moving,
  }).setView([50, 40], 3);
  const { zoomIn, zoomOut } = root.dataset;
  L.control.zoom({ position: "bottomright", zoomInTitle: zoomIn, zoomOutTitle: zoomOut }).addTo(map);
  map.createPane("built").style.zIndex = 300;
  map.createPane("towns").style.zIndex = 450;
  const base = new BaseMap(root.dataset.base).addTo(map);
  return { map, base };
}
