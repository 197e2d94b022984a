// The Leaflet map under everything: its options, controls, panes and base map.

import { BaseMap } from "./base-map.js";

export const reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
const coarsePointer = window.matchMedia("(pointer: coarse)");

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
    maxBounds: [
      [-62, -200],
      [85, 200],
    ],
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
