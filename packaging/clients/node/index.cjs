// Mixpanel with the login that `mpd` keeps for all tools. No dependencies.
"use strict";

const { Client, TokenProvider, socketPath } = require("./client.cjs");

module.exports = { Client, TokenProvider, socketPath, ...require("./errors.cjs"), ...require("./workspace.cjs") };
