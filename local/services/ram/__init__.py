"""AWS Resource Access Manager on the laptop: what Lake Formation shares, seen and accepted.

Emulated: shares that Lake Formation makes, their invitations and resources. Proven by
`tests/local/services/lakeformation/test_sharing.py`.

Not emulated: shares of anybody else's, organizations, in which no invitation is needed, and the end of an
invitation after seven days.
"""
