import mixpanel from 'mixpanel-browser';

test('excluded by a glob', () => {
  mixpanel.track('Only In Tests', { nothing: 1 });
});
