"""Commands about the lake that is kept on this machine.

What they do is in `local`, and imported when they run.
"""
