"""Nothing but the place: the plugin is installed with the package, and suites have no fixtures of their own."""
