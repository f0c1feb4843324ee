"""Cohorts: made, changed, listed, deleted."""

import mixpanel_headless as mp

ws = mp.Workspace()
made = ws.create_cohort(mp.CreateCohortParams(name="Big spenders", description="more than 100"))
print(made.name, made.description)
changed = ws.update_cohort(made.id, mp.UpdateCohortParams(name="Bigger spenders"))
print(changed.name, changed.id == made.id)
print([cohort.name for cohort in ws.list_cohorts_full()])
print(ws.get_cohort(made.id).count)
ws.delete_cohort(made.id)
print(ws.list_cohorts_full())
try:
    ws.get_cohort(made.id)
except mp.QueryError as error:
    print("gone:", error.status_code)
