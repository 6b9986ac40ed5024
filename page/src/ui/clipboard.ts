/** `navigator.clipboard` is for secure contexts only, and a server in the house is called over plain HTTP. */
export async function copyText(value: string): Promise<void> {
  const clipboard: Clipboard | undefined = navigator.clipboard;
  if (clipboard) return clipboard.writeText(value);
  const [field, focused] = [document.createElement("textarea"), document.activeElement];
  field.value = value;
  field.className = "hidden-text";
  (focused?.closest("dialog") ?? document.body).append(field); // behind a dialog nothing can be selected
  field.select();
  document.execCommand("copy"); // the only other way that there is
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
}
