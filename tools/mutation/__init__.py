"""Tells which faults in the pure logic no test would notice.

Each mutant is one small fault: a comparison that is off by one, a rule that is gone, a condition turned
round. It is tried on the tests that run its line. Tests that still pass do not state what the line does.

No packaged tool does this here. The rules of a contract stand in tables and closures that are made on
import, which mutmut 3 leaves as they are: it changes functions after the import alone, and knows those of
`lambda_src` by no name that a test imports. cosmic-ray starts Python anew for each mutant, and imports take
seconds.
"""
