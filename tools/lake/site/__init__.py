"""The catalogue: static pages about every dataset, made from contracts and SQL alone.

Contracts are text of many authors. Templates escape all of it, and pages load nothing from elsewhere.
"""
