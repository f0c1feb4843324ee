"""Who comes back, and how often."""

import mixpanel_headless as mp

ws = mp.Workspace()
result = ws.retention(
    born_event="Sign Up", return_event="Purchase", from_date="2025-01-01", to_date="2025-01-05", interval_count=3, unit="day"
)
for cohort in result.cohorts:
    print(cohort.date, cohort.size, [round(part, 2) for part in cohort.retention])
often = ws.frequency(from_date="2025-01-01", to_date="2025-01-03", event="Log In")
print(often.addiction_unit, sorted(often.data))
