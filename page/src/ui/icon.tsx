import type { JSX } from "preact";

/** Strokes on a field of 24 × 24. */
const PATHS = {
  chat: "M4 5h16v11H10l-4 4v-4H4z",
  scatter: "M4 4v16h16M8.5 14.5h.01M12 9.5h.01M15.5 15h.01M18 7h.01",
  box: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9",
  pulse: "M3 12h4l3-8 4 16 3-8h4",
  book: "M5 4h11a3 3 0 013 3v13H8a3 3 0 01-3-3zM5 17a3 3 0 013-3h11",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  check: "M5 12.5l4.5 4.5L19 7.5",
  chevron: "M6 9.5l6 6 6-6",
  search: "M11 5a6 6 0 100 12 6 6 0 000-12zM15.5 15.5L20 20",
  sliders: "M4 8h9M17 8h3M15 5.5v5M4 16h3M11 16h9M9 13.5v5",
  code: "M8.5 7l-5 5 5 5M15.5 7l5 5-5 5",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  again: "M19 12a7 7 0 11-2.2-5.1L19 9M19 4v5h-5",
  next: "M5 6l7 6-7 6zM13 6l7 6-7 6z",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5",
  download: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  upload: "M12 16V5M7 9.5l5-5 5 5M5 20h14",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M9 9h.01",
  more: "M6 11a1 1 0 100 2 1 1 0 000-2zM12 11a1 1 0 100 2 1 1 0 000-2zM18 11a1 1 0 100 2 1 1 0 000-2z",
  alert: "M12 4l9 16H3zM12 10v4M12 17h.01",
  info: "M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM12 11v5M12 8h.01",
  key: "M14.5 4.5a5 5 0 11-4 8L4 19v2h3l1-2 2-1v-2l1.5-1.5M16 8h.01",
  chip: "M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4",
  cloud: "M7 18a4 4 0 01-.5-8A6 6 0 0118 9.500a4.3 4.3 0 01-.5 8.500z",
  columns: "M4 5h16v14H4zM12 5v14",
  sun: "M12 8a4 4 0 100 8 4 4 0 000-8zM12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.600L7 7M17 17l1.4 1.400M18.4 5.600L17 7M7 17l-1.4 1.4",
  moon: "M19.5 14.500A8 8 0 019.5 4.500a8 8 0 1010 10z",
  system: "M4 5h16v11H4zM9 20h6M12 16v4",
  wrench: "M14 7a4 4 0 015.5-3L16.5 7l.5.5 3-3A4 4 0 0115 10L8 18a2 2 0 01-3-3l8-7z",
  thought: "M12 4a6 6 0 00-3.5 10.800V17h7v-2.200A6 6 0 0012 4zM9.5 20h5",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture beside words that say the same: screen readers pass over it. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
