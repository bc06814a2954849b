"""What the charge points of these tests that are not ours claim: as little as there is."""

CLAIMS = """
[model]
vendor = "evconform"
model = "{model}"
firmware = "1"
[[connector]]
evse = 1
code = 1
charging_type = "AC"
connector_type = "Type 2"
max_power = 22
phases = 3
[messages]
"1.6-json" = ["BootNotification", "GetConfiguration", "Heartbeat", "StatusNotification"]
[supplementary]
basic_authentication = false
status_timestamps = true
"""
"""The PICS of a ``model``."""
