"""Upline: network marketing, affiliate and omnichannel business in one system."""

__version__ = "0.1.0"
