/** Every element that draws; loaded by the pages that have one, beside `qtwin.ts`. */
import { ComparisonChart } from "./chart/comparison";
import { TwinChart } from "./chart/element";
import { DrawnFigure } from "./drawing/figure";
import { TwinSurface } from "./chart/surface";
import { MoleculeView } from "./drawing/molecule";
import { FramedChart } from "./panel/framed";
import { setUpVersions } from "./panel/versions";
import { ScrubFigure } from "./worlds/scrub";

customElements.define("twin-chart", TwinChart);
customElements.define("comparison-chart", ComparisonChart);
customElements.define("molecule-view", MoleculeView);
customElements.define("drawn-figure", DrawnFigure);
customElements.define("twin-surface", TwinSurface);
customElements.define("scrub-figure", ScrubFigure);
customElements.define("chart-frame", FramedChart);
setUpVersions();
