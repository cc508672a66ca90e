"""Orders from placing to refund, each act with its event."""
