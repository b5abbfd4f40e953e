"""The demonstration pack: support documents of Northwind Relay, an invented developer platform."""
