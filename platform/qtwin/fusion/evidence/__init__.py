"""What has been measured, checked, merged and standardised: the input of every model."""
