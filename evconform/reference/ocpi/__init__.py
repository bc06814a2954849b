"""What both reference back offices share of OCPI 2.2.1: parties, partners, registration, the app, outgoing calls."""
