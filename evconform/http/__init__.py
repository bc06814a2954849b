"""HTTP/1.1: the tester's own ends, tapped below the library, and what keeps uvicorn and httpx on lab time."""
