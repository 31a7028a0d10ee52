"""What is looked at before a result or a page is believed."""
