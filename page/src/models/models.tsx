import type { JSX } from "preact";
import { text } from "../text/text.ts";
import { GetModel } from "./get-model.tsx";
import { KeptModels } from "./kept-models.tsx";
import "../style/lists.css";
import "./models.css";
import { Providers } from "./providers.tsx";

/** What runs here, what could, and who else can be asked. */
export function Models(): JSX.Element {
  const { frame, models } = text.value;
  return (
    <div class="view models">
      <div class="view-head">
        <div>
          <h1>{frame.views.models}</h1>
          <p>{models.hint}</p>
        </div>
      </div>
      <KeptModels />
      <GetModel />
      <Providers />
    </div>
  );
}
