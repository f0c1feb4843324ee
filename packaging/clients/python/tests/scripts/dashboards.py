"""Dashboards: made, changed, marked, deleted."""

import mixpanel_headless as mp

ws = mp.Workspace()
board = ws.create_dashboard(mp.CreateDashboardParams(title="Q1", description="the first quarter", is_private=True))
print(board.title, board.is_private, board.is_favorited)
board = ws.update_dashboard(board.id, mp.UpdateDashboardParams(title="Q1 2025"))
print(board.title)
ws.favorite_dashboard(board.id)
print([(one.title, one.is_favorited) for one in ws.list_dashboards()])
copy = ws.create_dashboard(mp.CreateDashboardParams(title="Q2"))
ws.bulk_delete_dashboards([board.id, copy.id])
print(ws.list_dashboards())
