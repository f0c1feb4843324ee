"""How far people get in each saved funnel."""

import mixpanel_headless as mp

with mp.Workspace() as ws:
    for info in ws.funnels():
        result = ws.funnel(info.funnel_id, from_date="2025-01-01", to_date="2025-01-31")
        print(info.name, round(result.conversion_rate, 3))
        for number, step in enumerate(result.steps, 1):
            print(number, step.event, step.count, f"{step.conversion_rate:.1%}")
