"""What readers take away: notebooks, scripts and stubs."""
