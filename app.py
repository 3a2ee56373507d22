from monitor.ui.app import build

app = build()
