import { render } from "preact";
import "../style/tokens.css";
import "../style/base.css";
import "../style/ui.css";
import "./reference.css";
import { followTheme } from "../style/theme.ts";
import { followLanguage } from "../text/text.ts";
import { Reference } from "./reference.tsx";

followTheme();
followLanguage();
const root = document.getElementById("app");
if (root) render(<Reference />, root);
