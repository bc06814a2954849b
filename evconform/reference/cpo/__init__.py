"""The reference CPO: a central system of OCPP 1.6 that manages charging stations, with a durable store."""
