"""Samples of the example domains: the module, or the package, that is called as a domain holds its `SAMPLES`.

They are `local.feed.samples.DomainSamples`, found by the domain's name. A domain that has none is fed with
records made from its contracts. Nothing outside this folder names what is in it, so any of it can go.
"""
