import { render } from "preact";
import "./style/tokens.css";
import "./style/base.css";
import "./style/ui.css";
import "./style/frame.css";
import { refreshModels } from "./api/models.ts";
import { followSession } from "./api/session.ts";
import { App } from "./app.tsx";
import { followAddress } from "./router.ts";
import { followTheme } from "./style/theme.ts";
import { followLanguage } from "./text/text.ts";

followAddress();
followTheme();
followLanguage();
followSession();
void refreshModels(); // beside the question for the session: most servers need none
const root = document.getElementById("app");
if (root) render(<App />, root);
