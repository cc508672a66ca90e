"""How the apps are put together: settings, addresses, worker, wiring of events."""
