"""How many sign up, and from where."""

import mixpanel_headless as mp

ws = mp.Workspace()
result = ws.segmentation("Sign Up", from_date="2025-01-01", to_date="2025-01-07", on="country")
print(result.event, result.from_date, result.to_date, result.segment_property, result.total)
for country, days in sorted(result.series.items()):
    print(country, sum(days.values()), max(days, key=days.get))
weekly = ws.segmentation("Purchase", from_date="2025-01-01", to_date="2025-01-31", unit="week")
print(weekly.unit, weekly.total, sorted(weekly.series))
print(ws.event_counts(["Sign Up", "Purchase"], from_date="2025-01-01", to_date="2025-01-03").series.keys())
counts = ws.property_counts("Sign Up", "plan", from_date="2025-01-01", to_date="2025-01-03", limit=2)
print(counts.property_name, len(counts.series))
