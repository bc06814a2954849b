"""What the operator reaches over HTTP: the API, its OpenAPI document, and the page."""
