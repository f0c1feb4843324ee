// Addresses at Mixpanel.

const HOSTS: Record<string, string> = { us: "mixpanel.com", eu: "eu.mixpanel.com", in: "in.mixpanel.com" };

export interface Place {
  region: string;
  project: string;
  workspace?: number | undefined;
}

function app(place: Place, tail: string): string | undefined {
  const host = HOSTS[place.region];
  if (host === undefined || !/^\d+$/.test(place.project)) return undefined;
  const view = place.workspace === undefined ? "" : `/view/${place.workspace}`;
  return `https://${host}/project/${place.project}${view}/app/${tail}`;
}

export function project(place: Place): string | undefined {
  return app(place, "boards");
}

export function dashboard(place: Place, id: number): string | undefined {
  return app(place, `boards#id=${id}`);
}

export function event(place: Place, name: string): string | undefined {
  return app(place, `lexicon#events?search=${encodeURIComponent(name)}`);
}
