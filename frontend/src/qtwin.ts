import { TwinChart } from "./chart/element";
import { setUpCopy, setUpForms } from "./page/forms";
import { setUpKeyboard } from "./page/keyboard";
import { setUpLive } from "./page/live";
import { setUpTheme } from "./page/theme-toggle";
import { localizeTimes } from "./page/times";

localizeTimes(document);
setUpTheme();
setUpForms();
setUpCopy();
setUpKeyboard();
setUpLive();
customElements.define("twin-chart", TwinChart);
