// Texts of others made fit for a label, a tooltip or a document. Names of projects and events are written by strangers.

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/** One line without control characters, joiners and changes of direction, of `most` characters at most. */
export function plain(text: string, most = 200): string {
  const line = text.replace(CONTROL, " ").trim();
  const units = Array.from(line);
  return units.length > most ? `${units.slice(0, most - 1).join("")}…` : line;
}

/** A text in which `$(name)` stays what it is, and is no icon. */
export function withoutIcons(text: string): string {
  return text.replace(/\$\(/g, "\\$(");
}

/** A text for Markdown that shows as it is: no link, no table cell, no HTML. */
export function markdown(text: string, most = 300): string {
  return plain(text, most)
    .replace(/&/g, "&amp;")
    .replace(/[\\`*_{}[\]()#+\-.!|<>~$"':]/g, "\\$&");
}

/** A number as people write it. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `1 event`, `2 events`. */
export function several(amount: number, word: string, words = `${word}s`): string {
  return `${count(amount)} ${amount === 1 ? word : words}`;
}

/** The time of a day, with the day if it is another one. */
export function moment(when: string, now: Date): string {
  const at = new Date(when);
  if (Number.isNaN(at.getTime())) return plain(when);
  const time = at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return at.toDateString() === now.toDateString() ? time : `${at.toLocaleDateString("en-CA")} ${time}`;
}
