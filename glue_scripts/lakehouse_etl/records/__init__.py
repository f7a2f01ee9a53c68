"""What becomes of judged records: which one of a key wins, what changes do, and where each ended."""
