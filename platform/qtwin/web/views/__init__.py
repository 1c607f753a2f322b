"""One module per noun: parse, call one selector or service, render."""
