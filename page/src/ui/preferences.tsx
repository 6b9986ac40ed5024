import type { ComponentChildren, JSX } from "preact";
import { theme, THEMES } from "../style/theme.ts";
import { language, LANGUAGES, text } from "../text/text.ts";
import { Icon } from "./icon.tsx";
import { Segmented } from "./segmented.tsx";

const LANGUAGE_FACES = { en: "EN", "zh-TW": "中文" } as const;
const THEME_ICONS = { auto: "system", light: "sun", dark: "moon" } as const;

/** The language and the theme, and what else stands beside them. */
export function Preferences({ children }: { readonly children?: ComponentChildren }): JSX.Element {
  const { frame } = text.value;
  return (
    <div class="preferences">
      <Segmented
        label={frame.language}
        value={language.value}
        options={LANGUAGES.map((value) => ({
          value,
          label: frame.languages[value],
          face: LANGUAGE_FACES[value],
          lang: value,
        }))}
        onChange={(chosen) => void (language.value = chosen)}
      />
      <Segmented
        label={frame.theme}
        value={theme.value}
        options={THEMES.map((value) => ({
          value,
          label: frame.themes[value],
          face: <Icon name={THEME_ICONS[value]} />,
        }))}
        onChange={(chosen) => void (theme.value = chosen)}
      />
      {children}
    </div>
  );
}
