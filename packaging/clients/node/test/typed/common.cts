// The same from CommonJS.

import mixpanel = require("mixpanel-mpd");

export const list = (): Promise<mixpanel.Dashboard[]> => new mixpanel.Workspace().listDashboards();
