"""Results as data frames of pandas."""

import mixpanel_headless as mp

ws = mp.Workspace()
frame = ws.segmentation("Sign Up", from_date="2025-01-01", to_date="2025-01-03", on="country").df
print(list(frame.columns), len(frame), int(frame["count"].sum()))
steps = ws.funnel(ws.funnels()[0].funnel_id, from_date="2025-01-01", to_date="2025-01-31").df
print(len(steps), "count" in steps.columns)
print(ws.event_counts(["Sign Up"], from_date="2025-01-01", to_date="2025-01-02").df.columns.tolist())
