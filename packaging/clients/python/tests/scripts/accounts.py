"""Accounts, targets, and the session."""

import mixpanel_headless as mp

mp.accounts.add("second", type="service_account", region="us", default_project="3187655", username="bench", secret="secret")
print([(one.name, one.type, one.is_active) for one in mp.accounts.list()])
mp.targets.add("shop", account="second", project="3187655")
print([(target.name, target.project) for target in mp.targets.list()])
try:
    mp.accounts.remove("second")
except mp.AccountInUseError as error:
    print("in use:", error.referenced_by)
try:
    mp.accounts.show("nobody")
except mp.AccountNotFoundError:
    print("nobody is not there")
ws = mp.Workspace()
print(ws.account.name, ws.project.id)
ws.use(target="shop")
print(ws.account.name, ws.project.id)
ws.use(account="team").use(project="3187655")
print(ws.account.name, ws.project.id)
mp.targets.remove("shop")
mp.accounts.remove("second")
print(mp.session.show().account)
