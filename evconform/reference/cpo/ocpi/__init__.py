"""The reference CPO in OCPI 2.2.1: the stations that it manages as locations with live statuses, and its tariffs."""
