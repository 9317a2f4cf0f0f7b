"""What a person sees: pages over the services."""
