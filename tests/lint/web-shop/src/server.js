'use strict';

const Mixpanel = require('mixpanel');
const mp = Mixpanel.init(process.env.MIXPANEL_TOKEN, { host: 'api-eu.mixpanel.com' });

const SIGN_IN_FAILED = 'sign_in_failed';

module.exports.failed = function failed(user, reason) {
  mp.track(SIGN_IN_FAILED, { distinct_id: user.id, country: user.country, referrer: reason });
  mp.people.set(user.id, { plan: user.plan, $last_name: user.name });
  mp.people.increment(user.id, 'tags', 1);
};

module.exports.batch = function batch(rows) {
  const pattern = /["'`]\/track\(/g;
  for (const row of rows) {
    if (pattern.test(row.event)) continue;
    mp.track(row.event, row.properties);
  }
  mp.track('Log Out', { distinct_id: 'x' }); // MISTAKE unknown-event
  mp.import('App Open', new Date(2025, 1, 1), { distinct_id: 'x', $os: 'iOS' });
};
