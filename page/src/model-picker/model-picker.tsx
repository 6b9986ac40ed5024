import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { offer, refreshModels } from "../api/models.ts";
import { text } from "../text/text.ts";
import { Icon } from "../ui/icon.tsx";
import { failureText } from "../ui/failed.tsx";
import { groupModels, type ModelGroup, type Use } from "./offered.ts";
import { LocalBadge } from "./local-badge.tsx";
import "./model-picker.css";

interface ModelPickerProps {
  readonly use: Use;
  readonly value: string;
  readonly onPick: (model: string) => void;
}

/** A button that names the model; it opens a list with a search, in which any other name may be typed, too. */
export function ModelPicker({ use, value, onPick }: ModelPickerProps): JSX.Element {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const isOpen = useSignal(false);
  const { picker } = text.value;
  const chosen = offer.value.models.find((model) => model.id === value);

  const onToggle = (event: { readonly newState: string }): void => {
    isOpen.value = event.newState === "open";
    if (!isOpen.value || !panel.current || !button.current) return;
    place(panel.current, button.current);
    void refreshModels();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        class="button picker-button"
        aria-haspopup="dialog"
        aria-expanded={isOpen.value}
        popovertarget={id}
      >
        <span class="hidden-text">{picker.label}</span>
        <span class="picker-name">{value}</span>
        {chosen?.omniport && <LocalBadge local={chosen.omniport} />}
        <Icon name="chevron" />
      </button>
      <div
        ref={panel}
        id={id}
        class="picker-panel"
        popover="auto"
        role="dialog"
        aria-label={picker.label}
        onToggle={onToggle}
      >
        {isOpen.value && (
          <Search
            use={use}
            value={value}
            onPick={(model) => {
              panel.current?.hidePopover();
              button.current?.focus();
              onPick(model);
            }}
          />
        )}
      </div>
    </>
  );
}

/** The search field keeps the focus; arrow keys move the mark in the list below it. */
function Search({ use, value, onPick }: ModelPickerProps): JSX.Element {
  const search = useSignal("");
  const marked = useSignal<string | undefined>(undefined);
  const listId = useId();
  const field = useRef<HTMLInputElement>(null);
  const { picker } = text.value;
  useEffect(() => field.current?.focus(), []);

  const typed = search.value.trim();
  const groups = groupModels(offer.value.models, use, typed);
  const names = groups.flatMap(({ models }) => models.map(({ id }) => id));
  const isKnown = names.includes(typed);
  const choices = typed === "" || isKnown ? names : [...names, typed];
  const first = isKnown ? typed : choices[0]; // a name that is typed in full is meant
  const current = marked.value !== undefined && choices.includes(marked.value) ? marked.value : first;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault(); // else it would press the button that gets the focus back
      if (current !== undefined) onPick(current);
      return;
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step === 0 || choices.length === 0) return;
    event.preventDefault();
    marked.value = choices.at((choices.indexOf(current ?? "") + step) % choices.length);
    document.getElementById(optionId(listId, marked.value) ?? "")?.scrollIntoView({ block: "nearest" });
  };
  const { failure } = offer.value;
  return (
    <>
      <div class="picker-search">
        <Icon name="search" />
        <input
          ref={field}
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={optionId(listId, current)}
          aria-label={picker.search}
          placeholder={picker.search}
          spellcheck={false}
          value={search.value}
          onInput={(event) => void (search.value = event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      <div class="picker-list" id={listId} role="listbox" aria-label={picker.label}>
        {failure && <p class="picker-note">{failureText(failure)}</p>}
        {groups.map((group) => (
          <Group key={group.name} group={group} listId={listId} current={current} value={value} onPick={onPick} />
        ))}
        {typed !== "" && !isKnown && (
          <Option
            id={optionId(listId, typed)}
            isCurrent={current === typed}
            isChosen={false}
            onPick={() => onPick(typed)}
          >
            <span class="picker-name">{picker.useTyped(typed)}</span>
          </Option>
        )}
        {names.length === 0 && typed === "" && <p class="picker-note">{picker.none}</p>}
      </div>
    </>
  );
}

interface GroupProps {
  readonly group: ModelGroup;
  readonly listId: string;
  readonly current: string | undefined;
  readonly value: string;
  readonly onPick: (model: string) => void;
}

function Group({ group, listId, current, value, onPick }: GroupProps): JSX.Element {
  const { picker } = text.value;
  const title = group.name === "local" ? picker.local : group.name === "alias" ? picker.aliases : group.name;
  return (
    <div role="group" aria-label={title}>
      <div class="picker-group" aria-hidden="true">
        {title}
      </div>
      {group.models.map(({ id, local }) => (
        <Option
          key={id}
          id={optionId(listId, id)}
          isCurrent={id === current}
          isChosen={id === value}
          onPick={() => onPick(id)}
        >
          <span class="picker-name" title={local?.reference ?? id}>
            {id}
          </span>
          {local && <LocalBadge local={local} />}
        </Option>
      ))}
    </div>
  );
}

interface OptionProps {
  readonly id: string | undefined;
  readonly isCurrent: boolean;
  readonly isChosen: boolean;
  readonly onPick: () => void;
  readonly children: JSX.Element | readonly (JSX.Element | undefined)[];
}

function Option({ id, isCurrent, isChosen, onPick, children }: OptionProps): JSX.Element {
  return (
    // The keys are the search field's.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      class={`picker-option${isCurrent ? " current" : ""}`}
      role="option"
      aria-selected={isChosen}
      onClick={onPick}
    >
      {children}
      {isChosen && <Icon name="check" />}
    </div>
  );
}

function optionId(listId: string, model: string | undefined): string | undefined {
  return model === undefined ? undefined : `${listId}-${model.replaceAll(/\s/g, "_")}`;
}

const EDGE_PX = 8;

/** Below the button, within the window. */
function place(panel: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { width } = panel.getBoundingClientRect();
  panel.style.top = `${at.bottom + 4}px`;
  panel.style.left = `${Math.max(EDGE_PX, Math.min(at.left, innerWidth - width - EDGE_PX))}px`;
  panel.style.maxHeight = `${innerHeight - at.bottom - 2 * EDGE_PX}px`;
}
