"""The reference eMSP in OCPI 2.2.1: it takes pushes, pulls, keeps locations and tariffs, and shows a driver what is free."""
