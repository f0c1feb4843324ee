"""Raw events and profiles, line by line."""

import collections

import mixpanel_headless as mp

ws = mp.Workspace()
seen = collections.Counter()
for event in ws.stream_events(from_date="2025-01-01", to_date="2025-01-02"):
    seen[event["event_name"]] += 1
print(sum(seen.values()), seen.most_common(2))
profiles = list(ws.stream_profiles())
print(len(profiles), sorted(profiles[0])[:2])
only = ws.stream_events(from_date="2025-01-01", to_date="2025-01-01", events=["Sign Up"], limit=3)
print({event["event_name"] for event in only})
