import { render } from "preact";
import "./style/tokens.css";
import "./style/base.css";
import "./style/ui.css";
import "./style/frame.css";
import { followSession } from "./api/session.ts";
import { App } from "./app.tsx";
import { followAddress } from "./router.ts";
import { followTheme } from "./style/theme.ts";
import { followLanguage } from "./text/text.ts";

followAddress();
followTheme();
followLanguage();
followSession();
const root = document.getElementById("app");
if (root) render(<App />, root);
