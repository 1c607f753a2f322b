"""A drawing of the curve in SVG: mean, 95 % band and measurements, in light and in dark."""
