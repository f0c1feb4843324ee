"""Sums and averages of a numeric property."""

import mixpanel_headless as mp

ws = mp.Workspace()
days = {"from_date": "2025-01-01", "to_date": "2025-01-03"}
total = ws.segmentation_sum("Purchase", on="amount", **days)
mean = ws.segmentation_average("Purchase", on="amount", **days)
buckets = ws.segmentation_numeric("Purchase", on="amount", **days)
print(total.property_expr, sorted(total.results))
print({day: round(value, 2) for day, value in sorted(mean.results.items())})
print(len(buckets.series))
print(total.to_dict()["event"])
